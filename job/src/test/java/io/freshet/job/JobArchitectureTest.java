package io.freshet.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** The dependency rules of the job. */
@AnalyzeClasses(packages = "io.freshet.job", importOptions = DoNotIncludeTests.class)
class JobArchitectureTest {
    private static final String JOB = "io.freshet.job";

    @ArchTest
    static final ArchRule the_job_depends_only_on_schemas_and_learning = noClasses()
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are Freshet's, but not in job, schemas, or learning",
                    type -> type.getPackageName().startsWith("io.freshet.")
                            && !isUnder(type, JOB)
                            && !isUnder(type, "io.freshet.schemas")
                            && !isUnder(type, "io.freshet.learning")));

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("io.freshet.job.(**)").should().beFreeOfCycles();

    /** Of a package and all below it, as one. */
    @ArchTest
    static final ArchRule top_packages_are_free_of_cycles =
            slices().matching("io.freshet.job.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule no_package_knows_the_main_class = noClasses()
            .that()
            .resideInAPackage(JOB + ".*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(JOB);

    @ArchTest
    static final ArchRule operators_do_not_know_the_topology = noClasses()
            .that()
            .resideOutsideOfPackages(JOB, JOB + ".topology..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(JOB + ".topology..");

    @ArchTest
    static final ArchRule packages_depend_only_on_earlier_ones_along_the_path_of_a_sample = noDependencyFromEarlier();

    @ArchTest
    static final ArchRule only_the_ends_of_the_graph_use_kafka = noClasses()
            .that()
            .resideInAnyPackage(JOB + ".decode..", JOB + ".state..", JOB + ".learn..", JOB + ".observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector..");

    @ArchTest
    static final ArchRule every_package_is_null_marked = classes().should(new ArchCondition<>("be null-marked") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
            events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " of " + type.getName()));
        }
    });

    @ArchTest
    static final ArchRule no_java_util_logging = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule only_the_schema_lookups_read_a_clock = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.freshet.job.source.RegistryClient")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC");

    /** Values come first, then the packages along the path of a sample: read, decode, learn, publish. */
    private static ArchRule noDependencyFromEarlier() {
        String[] path = {"record", "state", "observe", "specs", "source", "decode", "publish", "learn"};
        return classes().should(new ArchCondition<>("not depend on a later package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                int own = position(type);
                type.getDirectDependenciesFromSelf().forEach(dependency -> {
                    int other = position(dependency.getTargetClass());
                    boolean earlier = own < 0 || other <= own;
                    events.add(new SimpleConditionEvent(type, earlier, dependency.getDescription()));
                });
            }

            private int position(JavaClass type) {
                for (int i = 0; i < path.length; i++) {
                    if (isUnder(type, JOB + "." + path[i])) {
                        return i;
                    }
                }
                return -1;
            }
        });
    }

    private static boolean isUnder(JavaClass type, String root) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }
}
