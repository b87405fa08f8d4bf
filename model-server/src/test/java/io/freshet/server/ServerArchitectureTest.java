package io.freshet.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.freshet.learning.math.ExactDecimal;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** The dependency rules of the server. */
@AnalyzeClasses(packages = "io.freshet.server", importOptions = DoNotIncludeTests.class)
class ServerArchitectureTest {
    private static final Set<String> SENDING = Set.of("end", "write", "send", "sendFile");
    private static final Set<String> SENDING_IN_ROUTES = Set.of("end", "json", "jsonStream", "redirect", "attachment");

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("io.freshet.server.(**)").should().beFreeOfCycles();

    /** Of a package and all below it, as one. */
    @ArchTest
    static final ArchRule top_packages_are_free_of_cycles =
            slices().matching("io.freshet.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_server_depends_only_on_schemas_and_learning = noClasses()
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "belong to a module of Freshet other than server, schemas, and learning",
                    type -> type.getPackageName().startsWith("io.freshet.")
                            && !type.getPackageName().matches("io\\.freshet\\.(server|schemas|learning)(\\..*)?")));

    @ArchTest
    static final ArchRule the_server_uses_neither_flink_nor_avro =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.apache.flink..", "org.apache.avro..");

    @ArchTest
    static final ArchRule only_ingest_inspect_and_answers_use_kafka = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.freshet.server.body..",
                    "io.freshet.server.http..",
                    "io.freshet.server.instances..",
                    "io.freshet.server.metrics..",
                    "io.freshet.server.page..",
                    "io.freshet.server.predict..",
                    "io.freshet.server.request..",
                    "io.freshet.server.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    /** Would catch a response that waits for its client forever. */
    @ArchTest
    static final ArchRule all_responses_are_sent_by_one_package = noClasses()
            .that()
            .resideOutsideOfPackage("io.freshet.server.body..")
            .should()
            .callMethodWhere(DescribedPredicate.describe(
                    "sends a response, or a part of it",
                    call -> (call.getTargetOwner().isAssignableTo(HttpServerResponse.class)
                                    && SENDING.contains(call.getName()))
                            || (call.getTargetOwner().isAssignableTo(RoutingContext.class)
                                    && SENDING_IN_ROUTES.contains(call.getName()))));

    @ArchTest
    static final ArchRule request_parsing_does_not_depend_on_models = noClasses()
            .that()
            .resideInAnyPackage("io.freshet.server.body..", "io.freshet.server.request..")
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "belong to models, except the wording of messages in learning.yaml and the rule for exact decimals",
                    type -> type.getPackageName()
                                    .matches("io\\.freshet\\.(learning|server\\.store|server\\.predict)(\\..*)?")
                            && !type.getPackageName().equals("io.freshet.learning.yaml")
                            && !type.isEquivalentTo(ExactDecimal.class)));
}
