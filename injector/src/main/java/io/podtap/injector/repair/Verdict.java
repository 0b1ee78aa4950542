/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.repair.audit.Cause;
import io.podtap.injector.repair.audit.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about an owner whose pods have no tap; pure.
 *
 * <p>A pod that was made by a repair, or in its wake, and has no tap either proves that repairing
 * does not help: that owner is left alone as long as such a pod is there.
 *
 * @param text why nothing is done, or an empty text
 */
record Verdict(Kind kind, String text) {

  /** How long a repair may take: pods made within it were made by it. */
  static final Duration ROLLOUT = Duration.ofMinutes(10);

  enum Kind {
    /** Restart it, or evict one of its pods. */
    ACT,
    /** A repair is on its way; nothing else is begun meanwhile. */
    WAIT,
    /** Its last repair did not help: it is left alone, and so are others for a while. */
    USELESS,
    /** Only to be told. */
    LEAVE
  }

  /**
   * Decides.
   *
   * @param missing pods of this owner without their tap
   * @param repaired when the owner was last repaired, or null for never
   */
  static Verdict of(
      PodOwner owner, List<Finding> missing, @Nullable Instant repaired, Instant now) {
    if (owner.way() == PodOwner.Way.NONE) {
      return new Verdict(Kind.LEAVE, owner.why());
    }
    if (missing.stream().noneMatch(Verdict::isCurable)) {
      return new Verdict(Kind.LEAVE, "a new pod would have none either");
    }
    if (repaired == null) {
      return new Verdict(Kind.ACT, "");
    }
    Instant start = repaired.truncatedTo(ChronoUnit.SECONDS);
    Instant end = start.plus(ROLLOUT);
    if (missing.stream().anyMatch(pod -> isWithin(pod.created(), start, end))) {
      return new Verdict(
          Kind.USELESS, "it was repaired at " + start + ", and its new pods have none either");
    }
    boolean isOld = missing.stream().anyMatch(pod -> pod.created().isBefore(start));
    if (!isOld) {
      return new Verdict(Kind.ACT, "");
    }
    if (owner.way() == PodOwner.Way.EVICT) {
      return new Verdict(Kind.ACT, ""); // one pod at a time: the next of them
    }
    return now.isBefore(end)
        ? new Verdict(Kind.WAIT, "it was restarted at " + start)
        : new Verdict(
            Kind.LEAVE, "it was restarted at " + start + ", and old pods are still there");
  }

  private static boolean isWithin(Instant time, Instant start, Instant end) {
    return !time.isBefore(start) && !time.isAfter(end);
  }

  /** Returns whether a new pod in its place would get a tap. */
  static boolean isCurable(Finding finding) {
    for (Cause cause : Cause.values()) {
      if (cause.word().equals(finding.reason())) {
        return cause.isPast();
      }
    }
    return false;
  }
}
