package io.freshet.faults;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Catches an oracle that uses the code that it checks. */
@AnalyzeClasses(packages = "io.freshet.faults")
class FaultsArchitectureTest {
    @ArchTest
    static final ArchRule packages_are_free_of_cycles =
            slices().matching("io.freshet.faults.(**)").should().beFreeOfCycles();

    /** Of a package and all below it, as one. */
    @ArchTest
    static final ArchRule top_packages_are_free_of_cycles =
            slices().matching("io.freshet.faults.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_oracle_does_not_depend_on_the_job = noClasses()
            .that()
            .resideInAPackage("io.freshet.faults.oracle..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.freshet.job..", "org.apache.flink..");
}
