/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.NamespaceContext;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.inject.limits.NamespaceLimits;
import io.podtap.injector.tree.JsonPatch;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.injector.webhook.advice.Advice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers one AdmissionReview. Every answer allows the pod: a tap is never worth a pod that does
 * not start.
 *
 * @param excludedNamespaces namespaces without taps, whatever is asked for
 * @param isChosenByDefault whether pods get a tap of which neither label nor namespace speak
 * @param advice what the cluster says of a pod that is to get a tap
 */
record Admission(
    TapTemplate template,
    Set<String> excludedNamespaces,
    boolean isChosenByDefault,
    Advice advice) {

  static final String INJECTED = "injected";

  /** The review, or its tree, is larger than it may be. */
  static final String TOO_LARGE = "too-large";

  /** Other reviews have the memory that this one would need. */
  static final String OVERLOADED = "overloaded";

  /** As an API server waits by default of this webhook's configuration, less its way. */
  private static final long USUAL_NS = 1_500_000_000;

  /** DNS-1123 label, as namespaces are named. */
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private static final String VERSION = "admission.k8s.io/v1";

  /** Longer warnings are cut by the API server. */
  private static final int WARNING_LENGTH_MAX = 256;

  /** Nobody asked, or it is done: nothing to warn of. */
  private static final Set<Reason> SILENT = Set.of(Reason.NOT_CHOSEN, Reason.ALREADY_INJECTED);

  /**
   * An answer.
   *
   * @param decision {@link #INJECTED} or the word of a {@link Reason}
   * @param text the decision in words, or empty where there is nothing to tell
   */
  record Answer(Map<String, @Nullable Object> review, String decision, String text) {}

  /** What came is no AdmissionReview of a version that we speak. */
  static final class MalformedReviewException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedReviewException(String message) {
      super(message, null, false, false);
    }
  }

  /** An admission that asks nobody. */
  Admission(TapTemplate template, Set<String> excludedNamespaces, boolean isChosenByDefault) {
    this(template, excludedNamespaces, isChosenByDefault, Advice.NONE);
  }

  /** As the other, with the usual time to answer. */
  Answer answer(@Nullable Object review, Map<String, @Nullable Object> namespaceLabels)
      throws MalformedReviewException {
    return answer(review, namespaceLabels, System.nanoTime() + USUAL_NS);
  }

  /**
   * Answers a review.
   *
   * @param namespaceLabels what is known of the pod's namespace
   * @param deadlineNs when the answer is to be there, by the clock of {@link System#nanoTime}
   */
  Answer answer(
      @Nullable Object review, Map<String, @Nullable Object> namespaceLabels, long deadlineNs)
      throws MalformedReviewException {
    Map<String, @Nullable Object> request = Tree.map(Tree.at(review, "request"));
    if (!Tree.text(review, "apiVersion").equals(VERSION) || Tree.text(request, "uid").isEmpty()) {
      throw new MalformedReviewException("no AdmissionReview of " + VERSION + " with a request");
    }
    Map<String, @Nullable Object> pod = Tree.map(request.get("object"));
    Outcome outcome = decide(request, pod, namespaceLabels, deadlineNs);
    Map<String, @Nullable Object> response = response(Tree.text(request, "uid"));
    String decision;
    String text;
    switch (outcome) {
      case Outcome.Changed changed -> {
        response.put("patchType", "JSONPatch");
        response.put("patch", encode(JsonPatch.of(pod, changed.pod())));
        warn(response, changed.notes());
        decision = INJECTED;
        text = "a tap was injected into its pods";
      }
      case Outcome.Unchanged unchanged -> {
        decision = unchanged.reason().word();
        boolean isSilent = SILENT.contains(unchanged.reason());
        text = isSilent ? "" : "no tap, " + decision + ": " + unchanged.text();
        warn(response, isSilent ? List.of() : List.of(text));
      }
    }
    return answer(response, decision, text);
  }

  private static Map<String, @Nullable Object> response(String uid) {
    Map<String, @Nullable Object> response = new LinkedHashMap<>();
    response.put("uid", uid);
    response.put("allowed", true);
    return response;
  }

  private static Answer answer(
      Map<String, @Nullable Object> response, String decision, String text) {
    response.put("auditAnnotations", Map.of("decision", decision));
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("apiVersion", VERSION);
    answer.put("kind", "AdmissionReview");
    answer.put("response", response);
    return new Answer(answer, decision, text);
  }

  /**
   * Returns the answer to a review of which no more than its uid was read: yes, without a tap.
   *
   * @param decision {@link #TOO_LARGE} or {@link #OVERLOADED}
   */
  static Answer open(String uid, String decision) {
    Map<String, @Nullable Object> response = response(uid);
    warn(response, List.of("no tap, " + decision + ": the review was not read"));
    return answer(response, decision, "");
  }

  private Outcome decide(
      Map<String, @Nullable Object> request,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespaceLabels,
      long deadlineNs) {
    boolean isNewPod =
        Tree.text(request, "operation").equals("CREATE")
            && Tree.text(request, "resource", "resource").equals("pods")
            && Tree.text(request, "subResource").isEmpty();
    if (!isNewPod) {
      return new Outcome.Unchanged(Reason.NOT_A_POD, "only new pods are reviewed");
    }
    if (excludedNamespaces.contains(Tree.text(request, "namespace"))) {
      return new Outcome.Unchanged(
          Reason.SYSTEM_NAMESPACE, "pods of " + Tree.text(request, "namespace") + " get none");
    }
    Outcome outcome =
        Injection.inject(pod, new NamespaceContext(namespaceLabels, isChosenByDefault), template);
    String namespace = Tree.text(request, "namespace");
    boolean isAsked = outcome instanceof Outcome.Changed && NAMESPACE.matcher(namespace).matches();
    return isAsked ? advised(outcome, namespace, pod, namespaceLabels, deadlineNs) : outcome;
  }

  /** The cluster is asked about pods only that would get a tap. */
  private Outcome advised(
      Outcome unlimited,
      String namespace,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespaceLabels,
      long deadlineNs) {
    NamespaceLimits limits = advice.limits(namespace, deadlineNs);
    Outcome outcome = limits.isEmpty() ? unlimited : within(limits, pod, namespaceLabels);
    return switch (outcome) {
      case Outcome.Unchanged _ -> outcome;
      case Outcome.Changed changed -> {
        Optional<Outcome.Unchanged> objection =
            advice.objection(namespace, pod, changed.pod(), deadlineNs);
        yield objection.isEmpty()
            ? outcome
            : fitted(objection.get(), limits, namespace, pod, namespaceLabels, deadlineNs);
      }
    };
  }

  private Outcome within(
      NamespaceLimits limits,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespaceLabels) {
    return Injection.inject(
        pod, new NamespaceContext(namespaceLabels, isChosenByDefault, limits), template);
  }

  /**
   * A tap may have been refused because its namespace's limits were not known, or are new: they are
   * read again, and a tap that fits them is injected if a dry run of it succeeds.
   */
  private Outcome fitted(
      Outcome.Unchanged objection,
      NamespaceLimits before,
      String namespace,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespaceLabels,
      long deadlineNs) {
    if (objection.reason() != Reason.WOULD_BE_REFUSED) {
      return objection;
    }
    NamespaceLimits limits = advice.newLimits(namespace, deadlineNs);
    if (limits.equals(before)) {
      return objection;
    }
    Outcome outcome = within(limits, pod, namespaceLabels);
    return switch (outcome) {
      case Outcome.Unchanged _ -> outcome;
      case Outcome.Changed changed ->
          advice.isAccepted(namespace, changed.pod(), deadlineNs) ? outcome : objection;
    };
  }

  private static String encode(List<@Nullable Object> patch) {
    return Base64.getEncoder()
        .encodeToString(JsonText.write(patch).getBytes(StandardCharsets.UTF_8));
  }

  private static void warn(Map<String, @Nullable Object> response, List<String> texts) {
    List<@Nullable Object> warnings = new ArrayList<>();
    for (String text : texts) {
      String warning = "podtap: " + text.replaceAll("\\p{Cntrl}", " ");
      warnings.add(warning.substring(0, Math.min(warning.length(), WARNING_LENGTH_MAX)));
    }
    if (!warnings.isEmpty()) {
      response.put("warnings", warnings);
    }
  }
}
