/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.EventLog;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Setback;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells of pods without a tap and of taps that do not work, and restarts owners: one in the whole
 * cluster, the next when the last one has all its pods again. One step each time it is asked. The
 * holder of the lease only. One thread.
 */
final class Repairer {

  private static final Duration BACKOFF_MIN = Duration.ofSeconds(30);
  private static final Duration BACKOFF_MAX = Duration.ofMinutes(30);

  /** How long after a repair that did not help no other owner is repaired. */
  private static final Duration CAUTION = Duration.ofHours(1);

  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** How often it is looked whether an owner that was given up has changed. */
  private static final Duration REVIEW = Duration.ofMinutes(1);

  /** Events of one step: the lease must be renewed meanwhile. */
  private static final int EVENTS_MAX = 20;

  /** Owners that are asked about in one step, likewise. */
  private static final int TRIALS_MAX = 5;

  /** Owners that are looked up in one step, likewise. */
  private static final int LOOKUPS_MAX = 100;

  private final boolean restarts;
  private final Owners owners;
  private final Repairs repairs;
  private final Preparation preparation;
  private final RolloutWatch rollouts;
  private final EventLog events;
  private final LeaderLease lease;
  private final RepairCounters counters;
  private final PrintStream log;

  /** Told already, by uid. */
  private final Map<String, String> told = new HashMap<>();

  private final Map<String, Backoff> backoffs = new HashMap<>();
  private Instant quietUntil = Instant.MIN;
  private Instant reviewAt = Instant.MIN;

  /** When an owner that could not be repaired is tried again. */
  private record Backoff(Duration pause, Instant until) {}

  /**
   * @param all the oldest pods' owners first
   * @param isComplete whether all owners are known
   */
  private record Groups(List<Group> all, boolean isComplete) {}

  /** What an event about a finding is called, and begins with. */
  private record Sign(String reason, String words) {

    static Sign of(Finding.State state) {
      return switch (state) {
        case BROKEN -> new Sign("TapNotWorking", "its tap does not work");
        case REFUSED -> new Sign("PodsRefused", "it lacks pods");
        default -> new Sign("NoTap", "no tap");
      };
    }
  }

  /** An owner and its pods without a tap, the oldest first. */
  private record Group(PodOwner owner, List<Finding> missing) {}

  /**
   * @param restarts whether it acts, or only tells
   * @param tap the tap that pods get, in any words
   * @param lease held while {@link #step} is called
   */
  Repairer(
      ApiRequests api,
      boolean restarts,
      String tap,
      LeaderLease lease,
      RepairCounters counters,
      PrintStream log) {
    this.restarts = restarts;
    this.lease = lease;
    this.counters = counters;
    this.log = log;
    owners = new Owners(api);
    repairs = new Repairs(api, tap);
    preparation = new Preparation(repairs);
    events = new EventLog(api, "podtap-repair");
    rollouts = new RolloutWatch(repairs, owners, lease, events, counters, log);
  }

  /**
   * Does what is next.
   *
   * @param sight all pods as they are now
   * @throws IOException when the API server refuses or cannot be reached
   */
  void step(Sight sight, Instant now) throws IOException {
    counters.found(sight.findings());
    counters.halt("");
    if (restarts) {
      attend(sight, now);
    }
    counters.left(lease.setbacks().values(), lease.operation() != null);
    tell(
        sight.findings().stream()
            .filter(finding -> finding.state().isBad())
            .sorted(Comparator.comparing(Finding::created))
            .toList(),
        now);
  }

  private void attend(Sight sight, Instant now) throws IOException {
    Operation operation = lease.operation();
    if (operation != null) {
      if (rollouts.attend(operation, sight, now)) {
        quietUntil = now.plus(PAUSE);
      }
      return;
    }
    review(now);
    Setback halting =
        lease.setbacks().values().stream().filter(Setback::halts).findFirst().orElse(null);
    if (halting != null) {
      counters.halt(
          halting.label() + " was given up, and nothing else is repaired: " + halting.text());
    } else if (!now.isBefore(quietUntil)) {
      act(groups(sight.findings(), now), sight, now);
    }
  }

  /** Forgets what was given up when its template or the tap is another, or it is gone. */
  private void review(Instant now) throws IOException {
    if (now.isBefore(reviewAt)) {
      return;
    }
    reviewAt = now.plus(REVIEW);
    for (Setback setback : lease.setbacks().values()) {
      if (isOver(setback, now)) {
        lease.forgive(setback.uid());
        backoffs.remove(setback.uid());
      }
    }
  }

  private boolean isOver(Setback setback, Instant now) throws IOException {
    if (setback.key().isEmpty()) { // of a pod, whose owner's template is not known
      return !now.isBefore(setback.at().plus(CAUTION));
    }
    Map<String, @Nullable Object> owner = repairs.read(setback.path(), setback.uid());
    return owner.isEmpty() || !repairs.key(owner).equals(setback.key());
  }

  /** Each is told of once for each reason. */
  private void tell(List<Finding> bad, Instant now) throws IOException {
    Set<String> present = new HashSet<>();
    int before = told.size();
    for (Finding finding : bad) {
      present.add(finding.uid());
      if (told.size() - before < EVENTS_MAX && !finding.reason().equals(told.get(finding.uid()))) {
        Sign sign = Sign.of(finding.state());
        String text = sign.words() + ", " + finding.reason() + ": " + finding.text();
        events.write(finding.involved(), "Warning", sign.reason(), text, now);
        told.put(finding.uid(), finding.reason());
      }
    }
    told.keySet().retainAll(present);
  }

  /**
   * Groups pods without a tap by their owners, as far as these are known: pods that may have come
   * of a repair first, then the oldest.
   */
  private Groups groups(List<Finding> findings, Instant now) throws IOException {
    Instant first = lease.firstRepaired(now.minus(CAUTION));
    List<Finding> missing =
        findings.stream()
            .filter(finding -> finding.state() == Finding.State.MISSING)
            .sorted(
                Comparator.comparing((Finding one) ->
                        first == null || one.created().isBefore(first.minusSeconds(1)))
                    .thenComparing(Finding::created))
            .toList();
    Map<String, Group> groups = new LinkedHashMap<>();
    boolean isComplete = true;
    owners.allow(LOOKUPS_MAX);
    for (Finding finding : missing) {
      PodOwner owner = owners.ofKnown(finding, now);
      if (owner == null) {
        isComplete = false;
      } else {
        groups
            .computeIfAbsent(owner.uid(), _ -> new Group(owner, new ArrayList<>()))
            .missing()
            .add(finding);
      }
    }
    groups.values().forEach(group -> group.missing().sort(Comparator.comparing(Finding::created)));
    List<Group> oldestFirst = new ArrayList<>(groups.values());
    oldestFirst.sort(Comparator.comparing(group -> group.missing().getFirst().created()));
    return new Groups(oldestFirst, isComplete);
  }

  /** Repairs the first owner that can be. */
  private void act(Groups groups, Sight sight, Instant now) throws IOException {
    if (groups.isComplete()) {
      Set<String> lacking = new HashSet<>();
      groups.all().forEach(group -> lacking.add(group.owner().uid()));
      lease.setbacks().keySet().stream()
          .filter(uid -> !lacking.contains(uid)) // somebody else has restarted it
          .forEach(lease::forgive);
    }
    List<Group> due = new ArrayList<>();
    for (Group group : groups.all()) {
      Verdict verdict = verdict(group, now);
      if (verdict.kind() == Verdict.Kind.WAIT || isWarning(group, verdict, now)) {
        return;
      }
      Backoff backoff = backoffs.get(group.owner().uid());
      boolean isDue = backoff == null || !now.isBefore(backoff.until());
      if (isDue && verdict.kind() == Verdict.Kind.ACT) {
        due.add(group);
      }
    }
    for (Group group : due.subList(0, Math.min(due.size(), TRIALS_MAX))) {
      if (isBegun(group, sight, now)) {
        return;
      }
    }
  }

  /** A webhook that nobody reaches must not cost every workload of the cluster a restart. */
  private boolean isWarning(Group group, Verdict verdict, Instant now) {
    Instant repaired = lease.repaired(group.owner().uid());
    boolean isFresh = repaired != null && now.isBefore(repaired.plus(CAUTION));
    if (isFresh && verdict.kind() == Verdict.Kind.USELESS) {
      counters.halt(
          group.owner().label() + ' ' + verdict.text() + ": nothing else is repaired yet");
      return true;
    }
    return false;
  }

  private Verdict verdict(Group group, Instant now) {
    return Verdict.of(group.owner(), group.missing(), lease.repaired(group.owner().uid()), now);
  }

  /** Returns whether something was begun, so that nothing else is. */
  private boolean isBegun(Group group, Sight sight, Instant now) throws IOException {
    PodOwner owner = group.owner();
    String action = owner.way() == PodOwner.Way.RESTART ? "restart" : "evict";
    try {
      return switch (preparation.of(owner, group.missing(), sight, now)) {
        case Preparation.Result.Later later -> {
          defer(owner, later.text(), now);
          yield false;
        }
        case Preparation.Result.Forbidden budget -> {
          counters.count(action, "budget");
          defer(owner, budget.text(), now);
          yield false;
        }
        case Preparation.Result.Never never -> {
          counters.count(action, "refused");
          leave(never.setback(), now);
          defer(owner, never.setback().text(), now);
          yield false;
        }
        case Preparation.Result.Halt halt -> {
          counters.halt(halt.text());
          yield true;
        }
        case Preparation.Result.Ready ready -> {
          begin(group, ready, now);
          yield true;
        }
      };
    } catch (RefusedException e) {
      counters.count(action, "failed");
      defer(owner, e.getMessage(), now);
      throw e;
    }
  }

  private void leave(Setback setback, Instant now) throws IOException {
    Setback before = lease.setbacks().get(setback.uid());
    lease.leave(setback);
    boolean isNew = before == null || !before.text().equals(setback.text());
    if (isNew) {
      String text = "not repaired, " + setback.reason() + ": " + setback.text();
      boolean isRefusal = setback.reason().equals(Setback.WOULD_BE_REFUSED);
      events.write(
          setback.finding().involved(), isRefusal ? "Warning" : "Normal", "NotRepaired", text, now);
    }
  }

  private void begin(Group group, Preparation.Result.Ready ready, Instant now) throws IOException {
    PodOwner owner = group.owner();
    if (!lease.begin(ready.operation(), owner.uid(), beginning(group, now), now)) {
      return;
    }
    backoffs.remove(owner.uid());
    boolean isDone;
    String what;
    if (ready.operation().isEviction()) {
      Finding oldest = group.missing().getFirst();
      isDone = isEvicted(owner, oldest, now);
      what = "evicts pod " + oldest.name() + " of " + owner.label() + ": it has no tap";
    } else {
      isDone = repairs.restart(owner.path(), ready.object(), ready.operation().mark());
      what =
          "restarts "
              + owner.label()
              + ": "
              + group.missing().size()
              + " of its pods have no tap, "
              + group.missing().getFirst().reason();
    }
    if (isDone) {
      log.println("podtap: repair: " + what);
      events.write(group.missing().getFirst().involved(), "Normal", "RepairedForTap", what, now);
    } else {
      lease.forget(owner.uid());
      lease.advance(null, now);
      defer(owner, "it has changed meanwhile", now);
    }
  }

  /** The first eviction of a round counts: pods made after it must have their taps. */
  private Instant beginning(Group group, Instant now) {
    Instant before = lease.repaired(group.owner().uid());
    if (before == null || group.owner().way() != PodOwner.Way.EVICT) {
      return now;
    }
    return group.missing().getFirst().created().isBefore(before) ? before : now;
  }

  private boolean isEvicted(PodOwner owner, Finding pod, Instant now) throws IOException {
    try {
      repairs.evict(pod);
      return true;
    } catch (Repairs.BudgetException e) {
      counters.count("evict", "budget");
      defer(owner, e.getMessage(), now);
      return false;
    }
  }

  private void defer(PodOwner owner, @Nullable String why, Instant now) {
    Backoff last = backoffs.get(owner.uid());
    if (last != null && now.isBefore(last.until())) {
      return; // said already
    }
    Duration pause = last == null ? BACKOFF_MIN : last.pause().multipliedBy(2);
    Duration bounded = pause.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : pause;
    backoffs.put(owner.uid(), new Backoff(bounded, now.plus(bounded)));
    log.println(
        "podtap: repair: "
            + owner.label()
            + " is not repaired: "
            + why
            + "; again in "
            + bounded.toSeconds()
            + " s");
  }
}
