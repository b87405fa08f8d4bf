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

/** The edges of the design, as far as they are the job's. */
@AnalyzeClasses(packages = "io.freshet.job", importOptions = DoNotIncludeTests.class)
class JobArchitectureTest {
    @ArchTest
    static final ArchRule of_freshet_the_job_knows_the_contract_and_the_mathematics_alone = noClasses()
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are Freshet's, but neither job, schemas nor learning",
                    type -> type.getPackageName().startsWith("io.freshet.")
                            && !under(type, "io.freshet.job")
                            && !under(type, "io.freshet.schemas")
                            && !under(type, "io.freshet.learning")));

    @ArchTest
    static final ArchRule avro_stays_in_schemas =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.avro..");

    @ArchTest
    static final ArchRule packages_are_without_cycles =
            slices().matching("io.freshet.job.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_stations_do_not_know_the_topology = noClasses()
            .that()
            .resideInAPackage("io.freshet.job.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.freshet.job");

    @ArchTest
    static final ArchRule a_station_knows_none_that_comes_after_it = noClasses()
            .that()
            .resideInAnyPackage("io.freshet.job.source..", "io.freshet.job.decode..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.freshet.job.learn..");

    @ArchTest
    static final ArchRule kafka_is_at_the_ends = noClasses()
            .that()
            .resideInAnyPackage("io.freshet.job.decode..", "io.freshet.job.learn..")
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
    static final ArchRule one_place_has_a_clock = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.freshet.job.publish.RecordFactory")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC");

    private static boolean under(JavaClass type, String root) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }
}
