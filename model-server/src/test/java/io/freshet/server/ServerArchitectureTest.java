package io.freshet.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The edges of the design, as far as they are the server's. */
@AnalyzeClasses(packages = "io.freshet.server", importOptions = DoNotIncludeTests.class)
class ServerArchitectureTest {
    @ArchTest
    static final ArchRule of_freshet_the_server_knows_the_contract_and_the_mathematics_alone = noClasses()
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are Freshet's, but neither server, schemas nor learning",
                    type -> type.getPackageName().startsWith("io.freshet.")
                            && !type.getPackageName().matches("io\\.freshet\\.(server|schemas|learning)(\\..*)?")));

    @ArchTest
    static final ArchRule it_predicts_without_flink_and_avro =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.apache.flink..", "org.apache.avro..");

    @ArchTest
    static final ArchRule kafka_stays_where_records_come_in = noClasses()
            .that()
            .resideInAnyPackage("io.freshet.server.store..", "io.freshet.server.serve..", "io.freshet.server.page..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");
}
