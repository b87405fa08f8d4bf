// Shows the API of the server that served this page.
window.SwaggerUIBundle({ url: '/v2/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });
