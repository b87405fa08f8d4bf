package io.freshet.benchmarks;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Catches benchmarks that depend on each other. */
@AnalyzeClasses(packages = "io.freshet.benchmarks")
class BenchmarksArchitectureTest {
    /** Ignores the classes that JMH generates in a separate package, which depend on the benchmarks. */
    @ArchTest
    static final ArchRule packages_are_free_of_cycles = slices().matching("io.freshet.(**)")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(
                    Predicates.resideInAPackage("..jmh_generated.."), Predicates.resideInAPackage("io.freshet.."));
}
