/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.repair.audit.Cause;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Reference;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class VerdictTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(60);

  private static PodOwner owner(PodOwner.Way way) {
    return new PodOwner(
        "Deployment", "shop", "web", "/path", "1", Reference.NOBODY, way, "nobody would");
  }

  private static Finding pod(Cause cause, long secondsAfterNoon) {
    return new Finding(
        "shop",
        "Pod",
        "web-1",
        "2",
        Finding.State.MISSING,
        cause.word(),
        cause.text(),
        NOON.plusSeconds(secondsAfterNoon),
        Reference.NOBODY);
  }

  private static Verdict.Kind kind(
      PodOwner.Way way, @Nullable Instant repaired, Instant now, Finding... missing) {
    return Verdict.of(owner(way), List.of(missing), repaired, now).kind();
  }

  @Test
  void onlyWhatANewPodWouldCureIsRepaired() {
    for (Cause cause : Cause.values()) {
      assertThat(kind(PodOwner.Way.RESTART, null, LATER, pod(cause, -60)))
          .as(cause.word())
          .isEqualTo(cause.isPast() ? Verdict.Kind.ACT : Verdict.Kind.LEAVE);
    }
    assertThat(kind(PodOwner.Way.NONE, null, LATER, pod(Cause.BEFORE_LABEL, -60)))
        .isEqualTo(Verdict.Kind.LEAVE);
  }

  @Test
  void aRolloutIsWaitedForButNotForEver() {
    Finding old = pod(Cause.BEFORE_LABEL, -60);
    assertThat(kind(PodOwner.Way.RESTART, NOON, LATER, old)).isEqualTo(Verdict.Kind.WAIT);
    assertThat(kind(PodOwner.Way.RESTART, NOON, NOON.plusSeconds(601), old))
        .isEqualTo(Verdict.Kind.LEAVE);
    assertThat(kind(PodOwner.Way.EVICT, NOON, LATER, old)).isEqualTo(Verdict.Kind.ACT);
  }

  @Test
  void aRepairThatDidNotHelpIsNotRepeated() {
    for (PodOwner.Way way : List.of(PodOwner.Way.RESTART, PodOwner.Way.EVICT)) {
      for (long after : new long[] {0, 5, 600}) {
        Finding made = pod(Cause.WEBHOOK_UNAVAILABLE, after);
        for (long now : new long[] {601, 86_400}) {
          assertThat(kind(way, NOON.plusMillis(400), NOON.plusSeconds(now), made))
              .isEqualTo(Verdict.Kind.USELESS);
        }
      }
    }
  }

  @Test
  void anotherOutageIsAnotherCause() {
    assertThat(
            kind(
                PodOwner.Way.RESTART,
                NOON,
                NOON.plusSeconds(7_200),
                pod(Cause.WEBHOOK_UNAVAILABLE, 7_000)))
        .isEqualTo(Verdict.Kind.ACT);
  }
}
