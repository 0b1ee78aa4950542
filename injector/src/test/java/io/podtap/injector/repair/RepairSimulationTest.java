/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.injector.repair.SimulatedCluster.Workload;
import io.podtap.injector.repair.audit.Setback;
import io.podtap.injector.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Repair and a cluster, both turned by hand: no application is worse off than before. */
final class RepairSimulationTest {

  private static final int STEP_SECONDS = 5;
  private static final long SEEDS = 24;

  /** From the moment that something goes wrong until it is seen, undone, and pods start. */
  private static final long RECOVERY_SECONDS = 60;

  private final SimulatedCluster cluster = new SimulatedCluster();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8);
  private RepairCounters counters = new RepairCounters();
  private LeaderLease lease = new LeaderLease(cluster, "first");
  private Repairer repairer = repairer();
  private String problem = "";

  private Repairer repairer() {
    return new Repairer(cluster, true, "tap", lease, counters, log);
  }

  /** Another replica takes over, which knows what the lease says and no more. */
  private void changeLeader(String identity) {
    lease = new LeaderLease(cluster, identity);
    counters = new RepairCounters();
    repairer = repairer();
  }

  private void step() {
    try {
      if (lease.hold(cluster.now)) {
        repairer.step(cluster.sight(), cluster.now);
      }
      problem = counters.problem();
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
  }

  private void run(long seconds) {
    for (long i = 0; i < seconds; i++) {
      cluster.turn();
      if (i % STEP_SECONDS == 0) {
        step();
      }
      assertThat(
              cluster.workloads.values().stream()
                  .filter(one -> !one.isDeleted && !isAtRest(one))
                  .count())
          .as("one at a time")
          .isLessThanOrEqualTo(1);
    }
  }

  private boolean isAtRest(Workload one) {
    return one.pods.stream().allMatch(pod -> pod.isReady(cluster.now))
        && one.available() >= one.wanted;
  }

  private void until(BooleanSupplier condition) {
    for (int i = 0; i < 7_200 && !condition.getAsBoolean(); i++) {
      run(1);
      step();
    }
    assertThat(condition.getAsBoolean()).as(said.toString(StandardCharsets.UTF_8)).isTrue();
  }

  private static boolean isTapped(Workload one) {
    return one.pods.stream().allMatch(pod -> pod.isTapped) && one.pods.size() == one.wanted;
  }

  @Test
  void ownersThatLoseNoPodGetTheirTapsOneAfterAnother() {
    Workload a = cluster.add("Deployment", "a", 3);
    Workload b = cluster.add("Deployment", "b", 1);
    until(() -> isTapped(a) && isTapped(b));
    assertThat(a.secondsBelow + b.secondsBelow).isZero();
    assertThat(MetricsPort.text(MetricsFormat.TEXT, counters::metrics))
        .contains("podtap_repair_actions_total{action=\"restart\",result=\"done\"} 2");
  }

  @Test
  void whatWouldLosePodsNeedsSomebodysWord() {
    Workload recreate = cluster.add("Deployment", "recreate", 2);
    recreate.strategy = "Recreate";
    Workload unavailable = cluster.add("Deployment", "unavailable", 4);
    unavailable.unavailable = 1;
    Workload set = cluster.add("StatefulSet", "set", 3);
    Workload single = cluster.add("StatefulSet", "single", 1);
    single.hasBudget = true;
    Workload daemons = cluster.add("DaemonSet", "daemons", 3);
    Workload refused = cluster.add("Deployment", "refused", 2);
    refused.consent = "disabled";
    run(600);
    assertThat(cluster.patches).isEmpty();
    assertThat(cluster.events)
        .filteredOn(event -> event.startsWith("NotRepaired not repaired, would-lose-pods"))
        .hasSize(6);

    cluster.add("Deployment", "first", 1); // whose tap shows that the image can be had
    set.hasBudget = true;
    unavailable.hasBudget = true;
    recreate.consent = "enabled";
    daemons.consent = "enabled";
    until(() -> isTapped(set) && isTapped(unavailable) && isTapped(recreate) && isTapped(daemons));
    assertThat(isTapped(single)).isFalse();
    assertThat(isTapped(refused)).isFalse();
    for (Workload one : List.of(set, unavailable, recreate, daemons)) {
      assertThat(one.longestBelow).as(one.name).isLessThanOrEqualTo(3 * (one.startSeconds + 2));
    }
  }

  @Test
  void nothingIsTouchedWhoseNewPodWouldBeRefused() {
    for (String kind : List.of("Deployment", "StatefulSet", "DaemonSet")) {
      Workload one = cluster.add(kind, kind.toLowerCase(Locale.ROOT), 2);
      one.consent = "enabled";
      Workload recreate = cluster.add("Deployment", "recreate-" + one.name, 1);
      recreate.strategy = "Recreate";
      recreate.consent = "enabled";
    }
    cluster.refusesTaps = one -> true;
    run(3_600);
    assertThat(cluster.patches).isEmpty();
    assertThat(cluster.events)
        .filteredOn(event -> event.contains("would-be-refused: forbidden: too large"))
        .hasSize(6);
    assertThat(MetricsPort.text(MetricsFormat.TEXT, counters::metrics))
        .contains("podtap_repair_owners{reason=\"would-be-refused\"} 6");
    cluster.refusesTaps = one -> false;
    until(() -> cluster.workloads.values().stream().allMatch(RepairSimulationTest::isTapped));
    assertThat(lease.setbacks()).isEmpty();
  }

  @Test
  void whatIsRefusedMeanwhileIsPutBackAndEndsTheRepairOfAll() {
    for (String kind : List.of("Deployment", "Recreate", "StatefulSet", "DaemonSet")) {
      setUpOf(kind, false);
    }
  }

  @Test
  void tapsThatDoNotStartMeanwhileArePutBackToo() {
    for (String kind : List.of("Deployment", "Recreate", "StatefulSet", "DaemonSet")) {
      setUpOf(kind, true);
    }
  }

  /** The API server, or a registry, changes its mind when the restart has begun. */
  private void setUpOf(String kind, boolean breaks) {
    RepairSimulationTest other = new RepairSimulationTest();
    SimulatedCluster its = other.cluster;
    Workload first = its.add("Deployment", "first", 1);
    other.until(() -> isTapped(first));
    boolean isRecreate = kind.equals("Recreate");
    Workload one = its.add(isRecreate ? "Deployment" : kind, "one", 3);
    one.strategy = isRecreate ? "Recreate" : "RollingUpdate";
    one.consent = "enabled";
    other.until(() -> its.patches.contains("one"));
    its.refusesTaps = any -> !breaks;
    its.breaksTaps = any -> breaks;
    other.until(() -> one.available() == one.wanted && !other.lease.setbacks().isEmpty());
    other.until(() -> other.lease.operation() == null);
    assertThat(one.longestBelow).as(kind).isLessThanOrEqualTo(RECOVERY_SECONDS);
    Setback setback = Objects.requireNonNull(other.lease.setbacks().get(one.uid));
    assertThat(setback.reason()).isEqualTo(Setback.GAVE_UP);
    assertThat(its.events).anyMatch(event -> event.startsWith("RepairGaveUp"));
    assertThat(Repairs.mark(one.tree())).as("the template is what it was").isEmpty();

    its.refusesTaps = any -> false;
    its.breaksTaps = any -> false;
    Workload next = its.add("Deployment", "next", 1);
    int patches = its.patches.size();
    other.run(3_600);
    assertThat(its.patches).as("nothing else is repaired").hasSize(patches);
    assertThat(MetricsPort.text(MetricsFormat.TEXT, other.counters::metrics))
        .contains("podtap_repair_problem 1");
    assertThat(other.problem).contains("was given up");
    other.changeLeader("second");
    other.run(600);
    assertThat(its.patches).as("nor by another leader").hasSize(patches);

    Tree.child(one.template, "spec").put("hostname", "new");
    one.generation++;
    other.until(() -> isTapped(next));
  }

  @Test
  void anImageThatCannotBePulledStopsEverything() {
    Workload one = cluster.add("Deployment", "one", 2);
    cluster.unpullable.add(SimulatedCluster.IMAGE);
    run(600);
    assertThat(cluster.patches).isEmpty();
    assertThat(problem).contains("cannot be pulled");
    cluster.unpullable.clear();
    until(() -> isTapped(one));
  }

  @Test
  void whatLosesPodsWaitsForATapThatRuns() {
    Workload one = cluster.add("StatefulSet", "one", 2);
    one.consent = "enabled";
    run(3_600);
    assertThat(cluster.patches).isEmpty();
  }

  @Test
  void aWebhookThatDoesNotAnswerCostsNoRestart() {
    cluster.add("Deployment", "one", 2);
    cluster.hasWebhook = false;
    run(3_600);
    assertThat(cluster.patches).isEmpty();
  }

  @Test
  void aRolloutThatDoesNotMoveIsPutBack() {
    Workload one = cluster.add("Deployment", "one", 2);
    until(() -> cluster.patches.contains("one"));
    one.startSeconds = 100_000;
    one.pods.removeIf(pod -> pod.isTapped);
    run(1_200);
    assertThat(one.secondsBelow).isZero();
    assertThat(Repairs.mark(one.tree())).isEmpty();
    assertThat(Objects.requireNonNull(lease.setbacks().get(one.uid)).text())
        .contains("nothing has changed for 10 minutes");
  }

  @Test
  void whatSomebodyElseDoesMeanwhileIsTheirs() {
    Workload deleted = cluster.add("Deployment", "deleted", 2);
    until(() -> cluster.patches.contains("deleted"));
    deleted.isDeleted = true;
    deleted.pods.clear();
    Workload changed = cluster.add("Deployment", "changed", 2);
    until(() -> cluster.patches.contains("changed"));
    changed.template.put("metadata", new LinkedHashMap<>());
    changed.generation++;
    Workload scaled = cluster.add("Deployment", "scaled", 4);
    until(() -> cluster.patches.contains("scaled"));
    scaled.wanted = 0;
    until(() -> lease.operation() == null);
    assertThat(lease.setbacks()).isEmpty();
  }

  /** Whatever fails and whenever, nothing falls below its pods without its word. */
  @Test
  void noApplicationIsWorseOff() {
    long patches = 0;
    long setbacks = 0;
    long exemptions = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      RepairSimulationTest run = new RepairSimulationTest();
      run.live(new Random(seed));
      run.assertNobodyIsWorseOff("seed " + seed + ' ');
      patches += run.cluster.patches.size();
      setbacks += run.count("RepairGaveUp");
      exemptions += run.count("RepairExempted");
    }
    assertThat(List.of(patches, setbacks, exemptions))
        .as("restarts, setbacks and exemptions were among the runs")
        .allMatch(count -> count > 0);
  }

  private long count(String event) {
    return cluster.events.stream().filter(one -> one.startsWith(event)).count();
  }

  /** An hour of a cluster in which things go wrong. */
  private void live(Random random) {
    cluster.add("Deployment", "first", 1);
    for (int i = 0; i < 6; i++) {
      String kind =
          List.of("Deployment", "Deployment", "StatefulSet", "DaemonSet").get(random.nextInt(4));
      Workload one = cluster.add(kind, "w" + i, 1 + random.nextInt(4));
      boolean isRecreate = kind.equals("Deployment") && random.nextInt(3) == 0;
      one.strategy = isRecreate ? "Recreate" : "RollingUpdate";
      one.unavailable = random.nextInt(2);
      one.surge = one.unavailable == 0 ? 1 : random.nextInt(2);
      one.hasBudget = random.nextInt(3) == 0;
      one.consent = List.of("", "enabled", "enabled", "disabled").get(random.nextInt(4));
      one.startSeconds = 1L + random.nextInt(20);
    }
    cluster.before = (method, path) -> random.nextInt(40) == 0;
    cluster.after = (method, path) -> random.nextInt(40) == 0;
    for (int round = 0; round < 60; round++) {
      switch (random.nextInt(12)) {
        case 0 -> cluster.refusesTaps = one -> one.name.hashCode() % 3 == 0;
        case 1 -> cluster.refusesTaps = one -> true;
        case 2 -> cluster.breaksTaps = one -> true;
        case 3 -> changeLeader("leader" + round);
        case 4 -> cluster.hasWebhook = random.nextBoolean();
        default -> {
          cluster.refusesTaps = one -> false;
          cluster.breaksTaps = one -> false;
          cluster.hasWebhook = true;
        }
      }
      run(20 + random.nextInt(60));
    }
    cluster.refusesTaps = one -> false;
    cluster.breaksTaps = one -> false;
    run(1_500);
  }

  private void assertNobodyIsWorseOff(String run) {
    for (Workload one : cluster.workloads.values()) {
      String what = run + one.kind + ' ' + one.name + ' ' + one.strategy;
      assertThat(one.available()).as(what).isEqualTo(one.wanted);
      Consent.Opinion opinion = Consent.of(one.kind, one.tree(), List.of());
      boolean hasWord = one.hasBudget || opinion.objection().isEmpty();
      if (opinion.keepsPods() || !hasWord) {
        assertThat(one.secondsBelow).as(what).isZero();
      }
      // The rest: as long as its own rollout, and what it takes to see that it goes wrong.
      assertThat(one.longestBelow)
          .as(what)
          .isLessThanOrEqualTo(one.wanted * (one.startSeconds + 3) + 3 * RECOVERY_SECONDS);
    }
  }
}
