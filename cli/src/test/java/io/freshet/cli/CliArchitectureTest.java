package io.freshet.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Checks the dependencies between the commands and on libraries. */
@AnalyzeClasses(packages = "io.freshet.cli", importOptions = DoNotIncludeTests.class)
class CliArchitectureTest {
    @ArchTest
    static final ArchRule packages_are_free_of_cycles =
            slices().matching("io.freshet.cli.(**)").should().beFreeOfCycles();

    /** Of a package and all below it, as one. */
    @ArchTest
    static final ArchRule top_packages_are_free_of_cycles =
            slices().matching("io.freshet.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule commands_do_not_depend_on_avro =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.avro..");

    @ArchTest
    static final ArchRule packages_do_not_depend_on_the_root_command = noClasses()
            .that()
            .resideInAPackage("io.freshet.cli.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.freshet.cli");
}
