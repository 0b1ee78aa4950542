/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.Denial;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server whether it would take a new pod of an owner: a dry run, which goes through
 * the webhook, LimitRanges, quotas, PodSecurity and admission policies as a real pod does, and
 * leaves nothing behind.
 *
 * @see "Kubernetes documentation, API Concepts, Dry-run; k8s.io/kubernetes
 *     pkg/controller/controller_utils.go, GetPodFromTemplate"
 */
record Trial(ApiRequests api) {

  /** Answers by which the API server means this pod. */
  private static final Set<Integer> REFUSALS = Set.of(400, 403, 409, 413, 422);

  /** What the API server would do. */
  sealed interface Answer {

    /** It takes the pod with a tap of this image. */
    record Taken(String image) implements Answer {}

    /** It takes the pod, without a tap: the webhook was not called or did not answer. */
    record NotInjected() implements Answer {}

    /** It refuses the pod, in its own words. */
    record Refused(String words) implements Answer {}

    /** It could not answer now. */
    record Unclear(String words) implements Answer {}
  }

  /**
   * Tries a pod of an owner's template.
   *
   * @param controller whose name the pod carries, as policies may ask for one
   * @throws RefusedException when we may not create pods
   */
  Answer ofTemplate(String namespace, Map<String, @Nullable Object> owner, Reference controller)
      throws IOException {
    Map<String, @Nullable Object> template = Tree.map(Tree.at(owner, "spec", "template"));
    Map<String, @Nullable Object> metadata = Tree.copyMap(Tree.map(template.get("metadata")));
    Map<String, @Nullable Object> spec = Tree.copyMap(Tree.map(template.get("spec")));
    List<@Nullable Object> volumes = new ArrayList<>(Tree.list(spec.get("volumes")));
    for (Object claim : Tree.list(Tree.at(owner, "spec", "volumeClaimTemplates"))) {
      String name = Tree.text(claim, "metadata", "name");
      volumes.removeIf(volume -> Tree.text(volume, "name").equals(name));
      String its = name + '-' + Tree.text(owner, "metadata", "name") + "-0";
      volumes.add(Map.of("name", name, "persistentVolumeClaim", Map.of("claimName", its)));
      spec.put("volumes", volumes);
    }
    if (!controller.uid().isEmpty()) {
      metadata.put("ownerReferences", List.of(reference(controller)));
    }
    return create(namespace, Tree.text(owner, "metadata", "name"), metadata, spec);
  }

  private static Map<String, @Nullable Object> reference(Reference controller) {
    Map<String, @Nullable Object> reference = new LinkedHashMap<>();
    reference.put("apiVersion", controller.apiVersion());
    reference.put("kind", controller.kind());
    reference.put("name", controller.name());
    reference.put("uid", controller.uid());
    reference.put("controller", true);
    return reference;
  }

  /** Tries a pod in the place of one that is there, whose owner's template is not known. */
  Answer inPlaceOf(Map<String, @Nullable Object> pod) throws IOException {
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    for (String kept : List.of("labels", "annotations", "ownerReferences")) {
      if (Tree.at(pod, "metadata", kept) != null) {
        metadata.put(kept, Tree.copy(Tree.at(pod, "metadata", kept)));
      }
    }
    Map<String, @Nullable Object> spec = Tree.copyMap(Tree.map(pod.get("spec")));
    spec.remove("nodeName");
    spec.remove("ephemeralContainers");
    return create(
        Tree.text(pod, "metadata", "namespace"),
        Tree.text(pod, "metadata", "name"),
        metadata,
        spec);
  }

  private Answer create(
      String namespace,
      String name,
      Map<String, @Nullable Object> metadata,
      Map<String, @Nullable Object> spec)
      throws IOException {
    metadata.remove("name");
    metadata.put("generateName", name + '-');
    metadata.put("namespace", namespace);
    Map<String, @Nullable Object> pod = new LinkedHashMap<>();
    pod.put("apiVersion", "v1");
    pod.put("kind", "Pod");
    pod.put("metadata", metadata);
    pod.put("spec", spec);
    String path = ApiPath.inNamespace(namespace, "pods") + "?dryRun=All";
    ClusterApi.Answer answer = api.send("POST", path, "application/json", pod);
    if (answer.isGood()) {
      String image = image(answer.object());
      return image.isEmpty() ? new Answer.NotInjected() : new Answer.Taken(image);
    }
    if (Denial.parse(answer.message()).filter(one -> one.resource().equals("pods")).isPresent()) {
      throw new RefusedException("trying a pod in " + namespace, answer);
    }
    return REFUSALS.contains(answer.status())
        ? new Answer.Refused(answer.message())
        : new Answer.Unclear(answer.reason());
  }

  private static String image(Map<String, @Nullable Object> pod) {
    for (String list : List.of("initContainers", "containers")) {
      for (Object container : Tree.list(Tree.at(pod, "spec", list))) {
        if (Tree.text(container, "name").equals(WellKnownNames.CONTAINER)) {
          return Tree.text(container, "image");
        }
      }
    }
    return "";
  }
}
