package io.freshet.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Would catch a dependency of the wire format on a Kafka client, and of {@code learning} on Avro. */
@AnalyzeClasses(packages = "io.freshet", importOptions = DoNotIncludeTests.class)
class SchemasArchitectureTest {
    @ArchTest
    static final ArchRule depends_only_on_learning_avro_and_a_json_parser = classes()
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
    static final ArchRule learning_does_not_depend_on_avro = noClasses()
            .that()
            .resideInAPackage("io.freshet.learning..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.avro..", "io.freshet.wire..");

    @ArchTest
    static final ArchRule has_no_clock_and_no_network = noClasses()
            .that()
            .resideInAPackage("io.freshet.schemas..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.net..");

    @ArchTest
    static final ArchRule packages_are_free_of_cycles =
            slices().matching("io.freshet.schemas.(**)").should().beFreeOfCycles();

    /** Of a package and all below it, as one. */
    @ArchTest
    static final ArchRule top_packages_are_free_of_cycles =
            slices().matching("io.freshet.schemas.(*)..").should().beFreeOfCycles();
}
