package io.podtap.injector.repair;

import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.EventLog;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.tree.Tree;
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

/**
 * Tells of pods without a tap, and has their owners make them anew: one owner at a time, one step
 * each time it is asked. The holder of the lease only. One thread.
 */
final class Repairer {

  private static final Duration BACKOFF_MIN = Duration.ofSeconds(30);
  private static final Duration BACKOFF_MAX = Duration.ofMinutes(30);

  /** How long after a repair that did not help no other owner is repaired. */
  private static final Duration CAUTION = Duration.ofHours(1);

  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** Events of one step: the lease must be renewed meanwhile. */
  private static final int EVENTS_MAX = 20;

  private final boolean restarts;
  private final Owners owners;
  private final Repairs repairs;
  private final EventLog events;
  private final Lease lease;
  private final RepairCounters counters;
  private final PrintStream log;

  /** Told already, by the pod's uid. */
  private final Map<String, String> told = new HashMap<>();

  private final Map<String, Backoff> backoffs = new HashMap<>();
  private Instant quietUntil = Instant.MIN;

  /** When an owner that could not be repaired is tried again. */
  private record Backoff(Duration pause, Instant until) {}

  /** An owner and its pods without a tap, the oldest first. */
  private record Group(Owner owner, List<Finding> missing) {}

  /**
   * @param restarts whether it acts, or only tells
   * @param lease held while {@link #step} is called
   */
  Repairer(
      ClusterApi api, boolean restarts, Lease lease, RepairCounters counters, PrintStream log) {
    this.restarts = restarts;
    this.lease = lease;
    this.counters = counters;
    this.log = log;
    owners = new Owners(api);
    repairs = new Repairs(api);
    events = new EventLog(api, "podtap-repair");
  }

  /**
   * Does what is next.
   *
   * @param findings all pods without a tap, as they are now
   * @throws IOException when the API server refuses or cannot be reached
   */
  void step(List<Finding> findings, Instant now) throws IOException {
    counters.found(findings);
    List<Finding> missing =
        findings.stream()
            .filter(finding -> finding.state().isBad())
            .sorted(Comparator.comparing(Finding::created))
            .toList();
    tell(missing, now);
    if (restarts && !now.isBefore(quietUntil)) {
      act(groups(missing, now), now);
    }
  }

  /** Each pod is told of once for each reason. */
  private void tell(List<Finding> missing, Instant now) throws IOException {
    Set<String> present = new HashSet<>();
    int before = told.size();
    for (Finding finding : missing) {
      String uid = uid(finding);
      present.add(uid);
      if (told.size() - before < EVENTS_MAX && !finding.reason().equals(told.get(uid))) {
        String text = "no tap, " + finding.reason() + ": " + finding.text();
        events.write(pod(finding), "Warning", "NoTap", text, now);
        told.put(uid, finding.reason());
      }
    }
    told.keySet().retainAll(present);
  }

  private static String uid(Finding finding) {
    return Tree.text(finding.pod(), "metadata", "uid");
  }

  private static Map<String, String> pod(Finding finding) {
    return Map.of(
        "apiVersion", "v1",
        "kind", "Pod",
        "namespace", finding.namespace(),
        "name", finding.name(),
        "uid", uid(finding));
  }

  private List<Group> groups(List<Finding> missing, Instant now) throws IOException {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Finding finding : missing) {
      if (finding.state() == Finding.State.MISSING) {
        Owner owner = owners.of(finding.pod(), now);
        groups
            .computeIfAbsent(owner.uid(), _ -> new Group(owner, new ArrayList<>()))
            .missing()
            .add(finding);
      }
    }
    return List.copyOf(groups.values());
  }

  /** Repairs the first owner that can be; none while one is being restarted. */
  private void act(List<Group> groups, Instant now) throws IOException {
    Group next = null;
    counters.halt("");
    for (Group group : groups) {
      Verdict verdict = verdict(group, now);
      if (verdict.kind() == Verdict.Kind.WAIT || isWarning(group, verdict, now)) {
        return;
      }
      Backoff backoff = backoffs.get(group.owner().uid());
      boolean isLate = backoff == null || !now.isBefore(backoff.until());
      if (next == null && isLate && verdict.kind() == Verdict.Kind.ACT) {
        next = group;
      }
    }
    if (next != null) {
      repair(next, now);
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

  private void repair(Group group, Instant now) throws IOException {
    Owner owner = group.owner();
    String action = owner.way() == Owner.Way.RESTART ? "restart" : "evict";
    try {
      if (owner.way() == Owner.Way.RESTART) {
        repairs.requireBudget(owner, group.missing()); // what is not begun is not noted
      }
      if (!isNoted(group, now)) {
        return;
      }
      String what = owner.way() == Owner.Way.RESTART ? restart(group, now) : evict(group);
      counters.count(action, "done");
      backoffs.remove(owner.uid());
      quietUntil = now.plus(PAUSE);
      log.println("podtap: " + what);
      tellDone(group, what, now);
    } catch (Repairs.BudgetException e) {
      counters.count(action, "budget");
      defer(owner, e, now);
    } catch (RefusedException e) {
      counters.count(action, "failed");
      defer(owner, e, now);
      lease.forget(owner.uid(), now);
      throw e;
    }
  }

  /** The first eviction of a round is noted: pods made after it must have their taps. */
  private boolean isNoted(Group group, Instant now) throws IOException {
    Instant before = lease.repaired(group.owner().uid());
    boolean isSameRound =
        group.owner().way() == Owner.Way.EVICT
            && before != null
            && group.missing().getFirst().created().isBefore(before);
    return isSameRound || lease.note(group.owner().uid(), now);
  }

  private String restart(Group group, Instant now) throws IOException {
    repairs.restart(group.owner(), now);
    return "restarted "
        + group.owner().label()
        + ": "
        + group.missing().size()
        + " of its pods have no tap, "
        + group.missing().getFirst().reason();
  }

  private String evict(Group group) throws IOException {
    Finding oldest = group.missing().getFirst();
    repairs.evict(oldest);
    return "evicted pod " + oldest.name() + " of " + group.owner().label() + ": it has no tap";
  }

  private void defer(Owner owner, IOException failure, Instant now) {
    Backoff last = backoffs.get(owner.uid());
    Duration pause = last == null ? BACKOFF_MIN : last.pause().multipliedBy(2);
    Duration bounded = pause.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : pause;
    backoffs.put(owner.uid(), new Backoff(bounded, now.plus(bounded)));
    log.println(
        "podtap: "
            + owner.label()
            + " is not repaired: "
            + failure.getMessage()
            + "; again in "
            + bounded.toSeconds()
            + " s");
  }

  private void tellDone(Group group, String what, Instant now) throws IOException {
    events.write(pod(group.missing().getFirst()), "Normal", "RepairedForTap", what, now);
  }
}
