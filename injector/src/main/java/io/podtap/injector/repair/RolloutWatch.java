/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.EventLog;
import io.podtap.injector.repair.Operation.Phase;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.repair.audit.Setback;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the one repair that is under way, until all pods are there again.
 *
 * <ol>
 *   <li>rolling: new pods are made; done when the owner's own status says so
 *   <li>undone: pods were refused, their taps do not start, or nothing moves: the template is put
 *       back to what it was, and the owner is given up
 *   <li>exempt: the webhook puts taps into every new pod, those of the former template too. Where
 *       pods stay away for that, the template says that its pods get none
 * </ol>
 *
 * <p>One thread, the holder of the lease.
 */
final class RolloutWatch {

  /** Without any change for so long a rollout is stuck; {@code minReadySeconds} come on top. */
  static final Duration STILL_MAX = Duration.ofMinutes(10);

  /** A patch whose answer was lost may still arrive. */
  private static final Duration PATCH_MAX = Duration.ofMinutes(1);

  /** How long pods are waited for after a repair was given up. */
  private static final Duration RECOVERY_MAX = Duration.ofMinutes(30);

  private final Repairs repairs;
  private final Trial trial;
  private final Owners owners;
  private final LeaderLease lease;
  private final EventLog events;
  private final RepairCounters counters;
  private final PrintStream log;

  /** What the status said when it last changed, and when. */
  private String progress = "";

  private Instant progressAt = Instant.MIN;

  RolloutWatch(
      Repairs repairs,
      Owners owners,
      LeaderLease lease,
      EventLog events,
      RepairCounters counters,
      PrintStream log) {
    this.repairs = repairs;
    this.trial = new Trial(repairs.api());
    this.owners = owners;
    this.lease = lease;
    this.events = events;
    this.counters = counters;
    this.log = log;
  }

  /**
   * Looks at it once.
   *
   * @return whether it is over, so that something else may be begun
   */
  boolean attend(Operation operation, Sight sight, Instant now) throws IOException {
    if (operation.isEviction()) {
      return attendEviction(operation, sight, now);
    }
    Map<String, @Nullable Object> owner = repairs.read(operation.path(), operation.uid());
    if (owner.isEmpty()) {
      return end(operation, "is gone", now);
    }
    Rollout rollout = Rollout.of(operation.kind(), owner);
    note(operation, rollout, now);
    return switch (operation.phase()) {
      case ROLLING -> roll(operation, owner, rollout, sight, now);
      case UNDONE -> recover(operation, owner, rollout, sight, now);
      case EXEMPT -> awaitExempt(operation, owner, rollout, sight, now);
    };
  }

  private void note(Operation operation, Rollout rollout, Instant now) {
    String state =
        operation.since().toString()
            + operation.phase()
            + rollout.pods()
            + ' '
            + rollout.updated()
            + ' '
            + rollout.available()
            + ' '
            + rollout.wanted();
    if (!state.equals(progress)) {
      progress = state;
      progressAt = now;
    }
  }

  private boolean roll(
      Operation operation,
      Map<String, @Nullable Object> owner,
      Rollout rollout,
      Sight sight,
      Instant now)
      throws IOException {
    String mark = Repairs.mark(owner);
    if (!mark.equals(operation.mark())) {
      boolean isNotYet = mark.equals(operation.former());
      if (isNotYet && now.isBefore(operation.begun().plus(PATCH_MAX))) {
        return false;
      }
      lease.forget(operation.uid());
      return end(operation, isNotYet ? "was not restarted" : "was changed by somebody else", now);
    }
    if (rollout.isDone()) {
      counters.count("restart", "done");
      return end(operation, "has all its pods again", now);
    }
    String trouble = trouble(operation, owner, rollout, sight, now);
    if (!trouble.isEmpty()) {
      giveUp(operation, owner, trouble, now);
    }
    return false;
  }

  /** Returns why new pods will not come, or an empty text. */
  private String trouble(
      Operation operation,
      Map<String, @Nullable Object> owner,
      Rollout rollout,
      Sight sight,
      Instant now)
      throws IOException {
    Finding broken = broken(operation, sight, now);
    if (broken != null) {
      return "the tap of its new pod " + broken.name() + " does not start: " + broken.text();
    }
    if (!rollout.failure().isEmpty()) {
      return rollout.failure();
    }
    if (rollout.lacksPods()
        && trial.ofTemplate(operation.namespace(), owner, Reference.NOBODY)
            instanceof Trial.Answer.Refused refused) {
      return "its new pods are refused: " + refused.words();
    }
    Duration still = STILL_MAX.plusSeconds(Rollout.number(owner, 0, "spec", "minReadySeconds"));
    return now.isBefore(progressAt.plus(still))
        ? ""
        : "nothing has changed for "
            + still.toMinutes()
            + " minutes: "
            + rollout.updated()
            + " of "
            + rollout.wanted()
            + " pods are new, "
            + rollout.available()
            + " are available";
  }

  /** Returns a new pod of the owner whose tap does not start, or null. */
  private @Nullable Finding broken(Operation operation, Sight sight, Instant now)
      throws IOException {
    for (Finding finding : sight.findings()) {
      boolean isNew = !finding.created().plusSeconds(1).isBefore(operation.begun());
      if (finding.state() == Finding.State.BROKEN
          && isNew
          && finding.namespace().equals(operation.namespace())
          && owners.of(finding, now).uid().equals(operation.uid())) {
        return finding;
      }
    }
    return null;
  }

  private void giveUp(
      Operation operation, Map<String, @Nullable Object> owner, String trouble, Instant now)
      throws IOException {
    lease.leave(setback(operation, repairs.key(owner), trouble, now));
    if (!lease.advance(operation.in(Phase.UNDONE, now), now)) {
      return;
    }
    counters.count("restart", "gave-up");
    say(operation, "Warning", "RepairGaveUp", "repair gave up: " + trouble, now);
    repairs.undo(operation);
    counters.count("undo", "done");
  }

  private static Setback setback(Operation operation, String key, String text, Instant now) {
    return new Setback(
        operation.kind(),
        operation.namespace(),
        operation.name(),
        operation.path(),
        operation.uid(),
        Setback.GAVE_UP,
        text,
        now,
        key,
        /* halts= */ true);
  }

  private boolean recover(
      Operation operation,
      Map<String, @Nullable Object> owner,
      Rollout rollout,
      Sight sight,
      Instant now)
      throws IOException {
    if (Repairs.mark(owner).equals(operation.mark())) {
      repairs.undo(operation); // the first answer was lost
      return false;
    }
    if (rollout.isDone()) {
      return end(operation, "has its pods again", now);
    }
    boolean isKeptAway =
        rollout.available() < rollout.wanted()
            && (broken(operation, sight, now) != null
                || (rollout.lacksPods()
                    && trial.ofTemplate(operation.namespace(), owner, Reference.NOBODY)
                        instanceof Trial.Answer.Refused)
                || !now.isBefore(operation.since().plus(STILL_MAX)));
    if (isKeptAway) {
      exempt(operation, now);
    } else if (isLate(operation, now)) {
      return end(operation, "does not get its pods back", now);
    }
    return false;
  }

  private void exempt(Operation operation, Instant now) throws IOException {
    if (!lease.advance(operation.in(Phase.EXEMPT, now), now)) {
      return;
    }
    counters.count("exempt", "done");
    say(
        operation,
        "Warning",
        "RepairExempted",
        "its template says podtap.io/inject=disabled now: its pods come back with no tap only",
        now);
    repairs.exempt(operation);
  }

  private boolean awaitExempt(
      Operation operation,
      Map<String, @Nullable Object> owner,
      Rollout rollout,
      Sight sight,
      Instant now)
      throws IOException {
    if (!Repairs.isExempt(owner) && !isLate(operation, now)) {
      repairs.exempt(operation); // the first answer was lost, or somebody took it back
      return false;
    }
    evictBroken(operation, sight, now);
    Setback setback = lease.setbacks().get(operation.uid());
    if (setback != null) {
      lease.leave(setback.withKey(repairs.key(owner))); // the label is part of its template now
    }
    if (rollout.isDone()) {
      return end(operation, "has its pods again, without taps", now);
    }
    return isLate(operation, now) && end(operation, "does not get its pods back", now);
  }

  /** A StatefulSet does not replace a pod that never got ready: it waits for it. */
  private void evictBroken(Operation operation, Sight sight, Instant now) throws IOException {
    Finding broken = operation.kind().equals("StatefulSet") ? broken(operation, sight, now) : null;
    if (broken != null) {
      try {
        repairs.evict(broken);
        counters.count("evict", "done");
      } catch (Repairs.BudgetException e) {
        counters.count("evict", "budget");
      }
    }
  }

  private static boolean isLate(Operation operation, Instant now) {
    return !now.isBefore(operation.since().plus(RECOVERY_MAX));
  }

  private boolean attendEviction(Operation operation, Sight sight, Instant now) throws IOException {
    if (repairs.ready(operation.namespace(), operation.controller()) >= operation.available()) {
      boolean isReplaced = repairs.read(operation.path(), operation.uid()).isEmpty();
      if (isReplaced) {
        counters.count("evict", "done");
        return end(operation, "was replaced", now);
      }
    }
    Finding broken = null;
    for (Finding finding : sight.findings()) {
      boolean isNew = !finding.created().plusSeconds(1).isBefore(operation.begun());
      if (finding.state() == Finding.State.BROKEN
          && isNew
          && finding.owner().uid().equals(operation.controller())) {
        broken = finding;
      }
    }
    if (broken == null && now.isBefore(operation.begun().plus(STILL_MAX))) {
      return false;
    }
    String trouble =
        broken == null
            ? "no pod is ready in its place after " + STILL_MAX.toMinutes() + " minutes"
            : "the tap of pod " + broken.name() + " in its place does not start: " + broken.text();
    lease.leave(setback(operation, "", trouble, now));
    counters.count("evict", "gave-up");
    say(operation, "Warning", "RepairGaveUp", "repair gave up: " + trouble, now);
    return lease.advance(null, now);
  }

  private boolean end(Operation operation, String how, Instant now) throws IOException {
    log.println("podtap: repair: " + operation.label() + ' ' + how);
    return lease.advance(null, now);
  }

  /** The event is for people: what cannot be written must not keep the owner from coming back. */
  private void say(Operation operation, String type, String reason, String text, Instant now) {
    log.println("podtap: repair: " + operation.label() + ": " + text);
    try {
      events.write(
          Map.of(
              "apiVersion", operation.path().startsWith("/api/v1/") ? "v1" : "apps/v1",
              "kind", operation.kind(),
              "namespace", operation.namespace(),
              "name", operation.name(),
              "uid", operation.uid()),
          type,
          reason,
          text,
          now);
    } catch (IOException e) {
      log.println("podtap: repair: event: " + e.getMessage());
    }
  }
}
