package io.podtap.injector.webhook;

import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.Surroundings;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.tree.JsonPatch;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers one AdmissionReview. Every answer allows the pod: a tap is never worth a pod that does
 * not start.
 *
 * @param excludedNamespaces namespaces without taps, whatever is asked for
 * @param isChosenByDefault whether pods get a tap of which neither label nor namespace speak
 */
record Admission(TapTemplate template, Set<String> excludedNamespaces, boolean isChosenByDefault) {

  static final String INJECTED = "injected";
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

  /**
   * Answers a review.
   *
   * @param namespaceLabels what is known of the pod's namespace
   */
  Answer answer(@Nullable Object review, Map<String, @Nullable Object> namespaceLabels)
      throws MalformedReviewException {
    Map<String, @Nullable Object> request = Tree.map(Tree.at(review, "request"));
    if (!Tree.text(review, "apiVersion").equals(VERSION) || Tree.text(request, "uid").isEmpty()) {
      throw new MalformedReviewException("no AdmissionReview of " + VERSION + " with a request");
    }
    Map<String, @Nullable Object> pod = Tree.map(request.get("object"));
    Outcome outcome = decide(request, pod, namespaceLabels);
    Map<String, @Nullable Object> response = new LinkedHashMap<>();
    response.put("uid", Tree.text(request, "uid"));
    response.put("allowed", true);
    String decision;
    String text;
    switch (outcome) {
      case Outcome.Changed changed -> {
        response.put("patchType", "JSONPatch");
        response.put("patch", encode(JsonPatch.of(pod, changed.pod())));
        warn(response, changed.notes());
        decision = INJECTED;
        text = "a tap was put into its pods";
      }
      case Outcome.Unchanged unchanged -> {
        decision = unchanged.reason().word();
        boolean isSilent = SILENT.contains(unchanged.reason());
        text = isSilent ? "" : "no tap, " + decision + ": " + unchanged.text();
        warn(response, isSilent ? List.of() : List.of(text));
      }
    }
    response.put("auditAnnotations", Map.of("decision", decision));
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("apiVersion", VERSION);
    answer.put("kind", "AdmissionReview");
    answer.put("response", response);
    return new Answer(answer, decision, text);
  }

  private Outcome decide(
      Map<String, @Nullable Object> request,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespaceLabels) {
    boolean isNewPod =
        Tree.text(request, "operation").equals("CREATE")
            && Tree.text(request, "resource", "resource").equals("pods")
            && Tree.text(request, "subResource").isEmpty();
    if (!isNewPod) {
      return new Outcome.Unchanged(Reason.NOT_A_POD, "only new pods are looked at");
    }
    if (excludedNamespaces.contains(Tree.text(request, "namespace"))) {
      return new Outcome.Unchanged(
          Reason.SYSTEM_NAMESPACE, "pods of " + Tree.text(request, "namespace") + " get none");
    }
    return Injection.inject(pod, new Surroundings(namespaceLabels, isChosenByDefault), template);
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
