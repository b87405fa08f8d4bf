package io.freshet.learning;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.freshet.learning.math.ThreadTeam;
import java.time.InstantSource;

/** Would catch sources of nondeterminism, and dependencies other than Java and a YAML parser. */
@AnalyzeClasses(packages = "io.freshet.learning", importOptions = DoNotIncludeTests.class)
class LearningArchitectureTest {
    private static final DescribedPredicate<JavaClass> LINEAR_ALGEBRA = nameMatching(
                    "io\\.freshet\\.learning\\.math\\.(OpenBlas|Gemm|Magnitudes)(\\$.*)?")
            .forSubtype();

    @ArchTest
    static final ArchRule learning_depends_on_java_and_a_yaml_parser_alone = classes()
            .that(not(LINEAR_ALGEBRA))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.freshet.learning..", "java..", "org.jspecify..", "org.snakeyaml.engine..");

    @ArchTest
    static final ArchRule one_package_reads_and_writes_yaml = noClasses()
            .that()
            .resideOutsideOfPackage("..yaml..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.snakeyaml..");

    @ArchTest
    static final ArchRule linear_algebra_depends_on_java_and_blas_alone = classes()
            .that(LINEAR_ALGEBRA)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "..learning.math..",
                    "java..",
                    "org.jspecify..",
                    "dev.ludovic.netlib..",
                    "org.bytedeco..",
                    "org.nd4j..");

    @ArchTest
    static final ArchRule functions_that_differ_by_cpu_are_called_in_one_place = noClasses()
            .that()
            .resideOutsideOfPackage("..learning.math..")
            .should()
            .callMethodWhere(target(owner(belongToAnyOf(Math.class)))
                    .and(target(nameMatching("a?(sin|cos|tan)h?|atan2|exp|expm1|log|log10|log1p|pow|cbrt|hypot|fma"))))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(StrictMath.class);

    @ArchTest
    static final ArchRule no_clock = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(InstantSource.class)
            .orShould()
            .callMethodWhere(
                    target(owner(resideInAPackage("java.time.."))).and(target(nameMatching("now|systemDefault"))));

    @ArchTest
    static final ArchRule no_random = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID");

    /** Linear algebra is exempt, since it silences the logger of a library. */
    @ArchTest
    static final ArchRule no_logger = noClasses()
            .that(not(LINEAR_ALGEBRA))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.logging..");

    /** A team has threads, which its caller starts and ends. */
    @ArchTest
    static final ArchRule no_threads = noClasses()
            .that(not(belongToAnyOf(ThreadTeam.class)))
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class);

    @ArchTest
    static final ArchRule no_files = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.System.Logger", "java.nio.file..", "java.net..")
            .orShould()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("io.freshet.learning.(**)").should().beFreeOfCycles();

    /** Of a package and all below it, as one. */
    @ArchTest
    static final ArchRule top_packages_are_free_of_cycles =
            slices().matching("io.freshet.learning.(*)..").should().beFreeOfCycles();
}
