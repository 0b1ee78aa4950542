/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shape of the code, checked on the compiled classes of every module that is shipped. */
class HouseRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPaths(Repository.classes());

  /** Verbs: what a packet passes in the tap. */
  private static final List<String> TAP_STAGES =
      List.of("discover", "shed", "segment", "encapsulate", "balance", "send", "stream");

  /** Verbs: what a packet passes in the sensor. */
  private static final List<String> SENSOR_STAGES =
      List.of("decapsulate", "workers", "merge", "defragment", "track", "sink");

  @Test
  void onlyOnePackageCallsTheKernel() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.podtap.core.linux")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
        .because(
            "all of the kernel and of libpcap is in io.podtap.core.linux: one Java method per C"
                + " function, failures that name call and errno, and native access granted to one"
                + " module only. Add the function there and call it")
        .check(CLASSES);
  }

  @Test
  void stagesOfTheTapDoNotKnowEachOther() {
    stagesDoNotKnowEachOther("io.podtap.tap", TAP_STAGES, "io.podtap.tap (Mirror, Tap)");
  }

  @Test
  void stagesOfTheSensorDoNotKnowEachOther() {
    stagesDoNotKnowEachOther("io.podtap.sensor", SENSOR_STAGES, "io.podtap.sensor");
  }

  private static void stagesDoNotKnowEachOther(
      String program, List<String> stages, String joinedIn) {
    for (String stage : stages) {
      String[] others =
          stages.stream()
              .filter(other -> !other.equals(stage))
              .map(other -> program + '.' + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(program + '.' + stage + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage(program)
          .allowEmptyShould(true)
          .because(
              "a stage can be read, tested and replaced alone: stages meet in the vocabulary"
                  + " (io.podtap.core and packages named by a noun) and are joined in "
                  + joinedIn)
          .check(CLASSES);
    }
  }

  @Test
  void everyStageNamedHereExistsOrIsToCome() {
    assertThat(TAP_STAGES)
        .as("a stage that was renamed must be renamed in these rules too")
        .allMatch(stage -> CLASSES.containPackage("io.podtap.tap." + stage));
    assertThat(SENSOR_STAGES.subList(0, 3))
        .as("a stage that was renamed must be renamed in these rules too")
        .allMatch(stage -> CLASSES.containPackage("io.podtap.sensor." + stage));
  }

  @Test
  void coreUsesTheJdkOnly() {
    noClasses()
        .that()
        .resideInAPackage("io.podtap.core..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.podtap.core..", "java..", "javax..", "jdk.net..", "org.jspecify..")
        .because(
            "core is part of the sidecar in every pod: no third-party jar, nothing of the programs"
                + " above it")
        .check(CLASSES);
  }

  @Test
  void theTapAsksTheApiWithItsOwnFewLines() {
    noClasses()
        .that()
        .resideInAPackage("io.podtap.tap..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "com.sun.net.httpserver..", "io.fabric8..")
        .because(
            "a sidecar stands in every pod: one GET and a watch need no HTTP client, which costs"
                + " several MiB (docs/decisions/0007-own-api-client.md)")
        .check(CLASSES);
  }

  @Test
  void programsDoNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage("io.podtap.tap..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.podtap.sensor..", "io.podtap.gateway..", "io.podtap.injector..", "io.podtap.cli..")
        .because("the tap is deployed without the sensor; what both need belongs to core")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.podtap.sensor..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.podtap.tap..", "io.podtap.gateway..", "io.podtap.injector..", "io.podtap.cli..")
        .because("the sensor is deployed without the tap; what both need belongs to core")
        .check(CLASSES);
  }

  @Test
  void onlyOneJarKnowsKafka() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.podtap.kafka..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.podtap.kafka..")
        .because(
            "the client is no module and is there only with --kafka: the sensor finds it as a"
                + " service (docs/decisions/0012-kafka-beside-the-modules.md)")
        .check(CLASSES);
  }

  @Test
  void onlyOneClassStartsThreads() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.podtap.core.agent.Threads")
        .should()
        .callMethodWhere(STARTS_A_THREAD)
        .orShould()
        .callConstructorWhere(MAKES_A_THREAD)
        .because(
            "a thread that ends by an exception must end the program or begin again, and say so:"
                + " start it with io.podtap.core.agent.Threads, give its factory to an executor")
        .check(CLASSES);
  }

  /** What starts threads without being given a factory. */
  private static final DescribedPredicate<JavaMethodCall> STARTS_A_THREAD =
      DescribedPredicate.describe(
          "starts a thread that nobody supervises",
          call -> {
            JavaClass owner = call.getTargetOwner();
            String method = call.getName();
            boolean hasFactory =
                call.getTarget().getRawParameterTypes().stream()
                    .anyMatch(type -> type.isEquivalentTo(ThreadFactory.class));
            return (owner.isEquivalentTo(Thread.class)
                    && List.of("ofPlatform", "ofVirtual", "startVirtualThread").contains(method))
                || (owner.isEquivalentTo(Executors.class)
                    && method.startsWith("new")
                    && !hasFactory)
                || (owner.isEquivalentTo(CompletableFuture.class)
                    && (method.endsWith("Async") || method.equals("delayedExecutor")))
                || method.equals("parallelStream");
          });

  private static final DescribedPredicate<JavaConstructorCall> MAKES_A_THREAD =
      DescribedPredicate.describe(
          "makes a thread that nobody supervises",
          call ->
              call.getTargetOwner().isAssignableTo(Thread.class)
                  || call.getTargetOwner().isAssignableTo(java.util.Timer.class)
                  || call.getTargetOwner().isAssignableTo(java.util.concurrent.ForkJoinPool.class));

  @Test
  void injectingAPodAsksNobody() {
    noClasses()
        .that()
        .resideInAnyPackage("io.podtap.injector.inject..", "io.podtap.injector.tree..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.net..",
            "java.nio.file..",
            "io.podtap.injector.manifest..",
            "io.podtap.injector.cluster..",
            "io.podtap.injector.attach..",
            "io.podtap.injector.repair..",
            "io.podtap.injector.webhook..")
        .because(
            "pod in, pod out: the same answer for the same pod, whether a file or the API server"
                + " brings it. Read and ask in the programs that call it")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "tap", "sensor", "gateway", "injector", "cli"})
  void packagesHaveNoCycles(String module) {
    slices()
        .matching("io.podtap." + module + ".(**)")
        .should()
        .beFreeOfCycles()
        .because("packages that need each other are one package: move what both need below them")
        .check(CLASSES);
  }

  @Test
  void protocolsDoNotKnowEachOther() {
    assertThat(PROTOCOLS).as("packages that declare a protocol").hasSizeGreaterThan(25);
    for (String one : PROTOCOLS) {
      String[] others =
          PROTOCOLS.stream().filter(other -> !other.equals(one)).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(one)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .because(
              "a protocol is one package: what is inside another protocol is asked for through the"
                  + " session, and what several share is a package that declares no protocol"
                  + " (io.podtap.sensor.parse.ber, files, hello, mail, requests)")
          .check(CLASSES);
    }
  }

  @Test
  void addingAProtocolTouchesItsPackageAndTheRegistry() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.podtap.sensor.parse..")
        .and()
        .doNotHaveFullyQualifiedName(REGISTRY)
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "belong to a protocol",
                type ->
                    PROTOCOLS.contains(type.getPackageName())
                        && !type.getSimpleName().equals("TunnelServices"))) // found by packets
        .because(
            "names, ports, first bytes, parsers and logs of a protocol are declared in its own"
                + " package, and one line in the registry lists it: nothing else names a protocol")
        .check(CLASSES);
    Set<String> listed =
        CLASSES.get(REGISTRY).getDirectDependenciesFromSelf().stream()
            .map(dependency -> dependency.getTargetClass().getPackageName())
            .collect(Collectors.toSet());
    assertThat(listed).as("packages that the registry lists").containsAll(PROTOCOLS);
  }

  private static final String REGISTRY = "io.podtap.sensor.dispatch.Protocols";

  /** The packages in which a protocol is declared. */
  private static final Set<String> PROTOCOLS =
      CLASSES.stream()
          .filter(type -> type.tryGetField("DECLARATIONS").isPresent())
          .map(JavaClass::getPackageName)
          .collect(Collectors.toSet());

  @Test
  void namesSayWhatAThingIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Impl|Util|Utils|Helper|Helpers|Manager)")
        .orShould()
        .haveNameMatching(".*[.$]Base[A-Z].*")
        .because("such a name fits anything; name what it does or what it is in the field's words")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatComesInAndWhatGoesOut() throws IOException {
    List<Path> silent = new ArrayList<>();
    for (Path sources : Repository.sources()) {
      for (Path folder : Repository.packageFolders(sources)) {
        Path info = folder.resolve("package-info.java");
        if (!Files.exists(info) || !isDocumentedAndNullMarked(Files.readString(info))) {
          silent.add(Repository.root().relativize(folder));
        }
      }
    }
    assertThat(silent)
        .as(
            "packages without a package-info.java that has a comment (what comes in, what goes"
                + " out, who owns the bytes, which RFC, which thread) and @NullMarked")
        .isEmpty();
  }

  private static boolean isDocumentedAndNullMarked(String info) {
    return info.startsWith("/**") && info.contains("@NullMarked");
  }
}
