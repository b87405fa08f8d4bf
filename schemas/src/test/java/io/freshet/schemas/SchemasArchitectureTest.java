package io.freshet.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Would catch a client of Kafka in the contract, and Avro in the mathematics. */
@AnalyzeClasses(packages = "io.freshet", importOptions = DoNotIncludeTests.class)
class SchemasArchitectureTest {
    @ArchTest
    static final ArchRule the_contract_depends_on_learning_avro_and_a_json_parser_alone = classes()
            .that()
            .resideInAPackage("io.freshet.schemas..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.freshet.schemas..",
                    "io.freshet.wire..",
                    "io.freshet.learning..",
                    "org.apache.avro..",
                    "com.fasterxml.jackson.core..",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule avro_stays_in_the_contract = noClasses()
            .that()
            .resideOutsideOfPackages("io.freshet.schemas..", "io.freshet.wire..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.avro..", "io.freshet.wire..");

    @ArchTest
    static final ArchRule the_contract_has_no_clock = noClasses()
            .that()
            .resideInAPackage("io.freshet.schemas..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.net..");
}
