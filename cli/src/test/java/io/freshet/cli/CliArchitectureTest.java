package io.freshet.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The dependencies that the commands may have. */
@AnalyzeClasses(packages = "io.freshet.cli", importOptions = DoNotIncludeTests.class)
class CliArchitectureTest {
    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("io.freshet.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule no_command_uses_avro =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.avro..");

    @ArchTest
    static final ArchRule no_package_knows_the_root_command = noClasses()
            .that()
            .resideInAPackage("io.freshet.cli.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.freshet.cli");
}
