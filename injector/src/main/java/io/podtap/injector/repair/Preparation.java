/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.repair.audit.Setback;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must hold before an owner is touched; asks, and changes nothing.
 *
 * <ol>
 *   <li>it is there, has all its pods, and a change of its template would bring new ones
 *   <li>it loses no pod meanwhile, or somebody allows it ({@link Consent}), and so do all its
 *       PodDisruptionBudgets
 *   <li>the API server takes its new pod, with a tap ({@link Trial})
 *   <li>the tap's image can be had, as far as taps that are there show
 * </ol>
 */
record Preparation(Repairs repairs) {

  /** What came of it. */
  sealed interface Result {

    /**
     * It may begin.
     *
     * @param object the owner as it was looked at
     */
    record Ready(Operation operation, Map<String, @Nullable Object> object) implements Result {}

    /** Not now. */
    record Later(String text) implements Result {}

    /** A budget allows no disruption now. */
    record Forbidden(String text) implements Result {}

    /** Not as it is. */
    record Never(Setback setback) implements Result {}

    /** Neither this nor any other owner. */
    record Halt(String text) implements Result {}
  }

  Result of(PodOwner owner, List<Finding> missing, Sight sight, Instant now) throws IOException {
    return owner.way() == PodOwner.Way.RESTART
        ? restart(owner, sight, now)
        : eviction(owner, missing.getFirst(), sight, now);
  }

  private Result restart(PodOwner owner, Sight sight, Instant now) throws IOException {
    Map<String, @Nullable Object> object = repairs.read(owner.path(), owner.uid());
    if (object.isEmpty()) {
      return new Result.Later("it is gone");
    }
    String objection = Owners.objection(object);
    if (!objection.isEmpty()) {
      return new Result.Later(objection);
    }
    Rollout rollout = Rollout.of(owner.kind(), object);
    if (!rollout.isDone() || !rollout.failure().isEmpty()) {
      return new Result.Later("it does not have all its pods as it is");
    }
    List<@Nullable Object> budgets = repairs.budgets(owner.namespace());
    Consent.Opinion opinion = Consent.of(owner.kind(), object, budgets);
    String key = repairs.key(object);
    if (!opinion.objection().isEmpty()) {
      return never(owner, Setback.WOULD_LOSE_PODS, opinion.objection(), key, now);
    }
    String budget =
        Budget.forbidding(
            budgets, Tree.map(Tree.at(object, "spec", "template", "metadata", "labels")));
    if (!budget.isEmpty()) {
      return new Result.Forbidden("PodDisruptionBudget " + budget + " allows no disruption now");
    }
    Trial.Answer answer =
        new Trial(repairs.api()).ofTemplate(owner.namespace(), object, owner.controller());
    Operation operation =
        operation(owner, owner.path(), owner.uid(), object, rollout.available(), now);
    return result(
        owner, answer, opinion.keepsPods(), sight, new Result.Ready(operation, object), key);
  }

  private static Result.Never never(
      PodOwner owner, String reason, String text, String key, Instant now) {
    return new Result.Never(
        new Setback(
            owner.kind(),
            owner.namespace(),
            owner.name(),
            owner.path(),
            owner.uid(),
            reason,
            text,
            now,
            key,
            /* halts= */ false));
  }

  private static Operation operation(
      PodOwner owner,
      String path,
      String uid,
      Map<String, @Nullable Object> object,
      long available,
      Instant now) {
    boolean isEviction = owner.way() == PodOwner.Way.EVICT;
    return new Operation(
        isEviction ? "Pod" : owner.kind(),
        owner.namespace(),
        Tree.text(object, "metadata", "name"),
        path,
        uid,
        owner.controller().uid(),
        now,
        isEviction ? "" : Repairs.mark(object),
        isEviction ? "" : Repairs.mark(now),
        available,
        Operation.Phase.ROLLING,
        now);
  }

  private static Result result(
      PodOwner owner,
      Trial.Answer answer,
      boolean keepsPods,
      Sight sight,
      Result.Ready ready,
      String key) {
    return switch (answer) {
      case Trial.Answer.Refused refused ->
          never(owner, Setback.WOULD_BE_REFUSED, refused.words(), key, ready.operation().begun());
      case Trial.Answer.Unclear unclear ->
          new Result.Later("the API server could not try its new pod: " + unclear.words());
      case Trial.Answer.NotInjected _ ->
          new Result.Later("the webhook injected no tap into its new pod in a dry run");
      case Trial.Answer.Taken taken when sight.unpullableImages().contains(taken.image()) ->
          new Result.Halt(
              "the tap's image " + taken.image() + " cannot be pulled: nothing is repaired");
      case Trial.Answer.Taken taken
          when !keepsPods && !sight.runningImages().contains(taken.image()) ->
          new Result.Later(
              "no tap of image "
                  + taken.image()
                  + " has been seen running, and a restart takes"
                  + " pods away before there are others");
      case Trial.Answer.Taken _ -> ready;
    };
  }

  private Result eviction(PodOwner owner, Finding oldest, Sight sight, Instant now)
      throws IOException {
    String path = ApiPath.inNamespace(oldest.namespace(), "pods", oldest.name());
    Map<String, @Nullable Object> pod = repairs.read(path, oldest.uid());
    if (pod.isEmpty()) {
      return new Result.Later("pod " + oldest.name() + " is gone");
    }
    Map<String, @Nullable Object> labels = Tree.map(Tree.at(pod, "metadata", "labels"));
    List<@Nullable Object> budgets = repairs.budgets(owner.namespace());
    String budget = Budget.forbidding(budgets, labels);
    if (!budget.isEmpty()) {
      return new Result.Forbidden("PodDisruptionBudget " + budget + " allows no disruption now");
    }
    if (!Budget.isAllowed(budgets, labels)) {
      return new Result.Later(
          "an eviction takes a pod away before there is another, and no PodDisruptionBudget says"
              + " that it may");
    }
    Trial.Answer answer = new Trial(repairs.api()).inPlaceOf(pod);
    long ready = repairs.ready(owner.namespace(), owner.controller().uid());
    Operation operation = operation(owner, path, oldest.uid(), pod, ready, now);
    return result(
        owner, answer, /* keepsPods= */ false, sight, new Result.Ready(operation, pod), "");
  }
}
