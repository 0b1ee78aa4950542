/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.Mutations;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.testing.TreeMutations;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever a review holds, it is answered, and the answer allows the pod; what is no review is
 * refused by its own exception and no other.
 */
final class AdmissionFuzzTest {

  private static final int INPUTS = 6_000;

  private static final String REVIEW =
      """
      {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {"uid": "705ab4f5",
        "resource": {"group": "", "version": "v1", "resource": "pods"}, "namespace": "shop",
        "operation": "CREATE", "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {
        "generateName": "web-", "labels": {"app": "web", "podtap.io/inject": "enabled"},
        "annotations": {"podtap.io/vni": "7", "podtap.io/filter": "port 53", "podtap.io/cpu": "10m",
          "podtap.io/send": "single", "podtap.io/headers-only": "443", "podtap.io/metrics": "9095"},
        "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web",
          "uid": "1", "controller": true}]},
        "spec": {"serviceAccountName": "web", "terminationGracePeriodSeconds": 30,
          "securityContext": {"runAsUser": 1000, "seLinuxOptions": {"type": "t"},
            "appArmorProfile": {"type": "Localhost", "localhostProfile": "p"}},
          "volumes": [{"name": "data", "emptyDir": {}}],
          "imagePullSecrets": [{"name": "ours"}],
          "nodeSelector": {"kubernetes.io/os": "linux"},
          "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
            {"nodeSelectorTerms": [{"matchExpressions": [{"key": "kubernetes.io/os",
              "operator": "In", "values": ["linux"]}]}]}}},
          "initContainers": [{"name": "init", "image": "i", "restartPolicy": "Always"}],
          "containers": [{"name": "app", "image": "app", "ports": [{"containerPort": 80}],
            "env": [{"name": "A", "value": "b"}], "resources": {"limits": {"cpu": "1",
              "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}},
            "livenessProbe": {"httpGet": {"path": "/", "port": 80}},
            "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}}}}
      """;

  private final Admission admission = new Admission(Templates.PLAIN, Set.of("kube-system"), false);

  @Test
  void whateverItsBytesAReviewIsAnsweredOrRefused() {
    byte[] review = REVIEW.getBytes(StandardCharsets.UTF_8);
    int answered = 0;
    for (int seed = 0; seed < INPUTS; seed++) {
      byte[] input = new Mutations(seed).of(review);
      try {
        answered += answer(seed, JsonText.read(new String(input, StandardCharsets.UTF_8)));
      } catch (JsonText.MalformedException e) {
        assertThat(e).as("seed %d", seed).hasMessageNotContaining("Exception");
      }
    }
    assertThat(answered).isPositive();
  }

  @Test
  void whateverItsMembersAReviewIsAnsweredOrRefused() throws Exception {
    Object review = JsonText.read(REVIEW);
    int answered = 0;
    for (int seed = 0; seed < INPUTS; seed++) {
      answered += answer(seed, new TreeMutations(seed).of(review));
    }
    assertThat(answered).isGreaterThan(INPUTS / 2);
  }

  /** Returns how many answers there were: one, or none when the review was refused. */
  private int answer(int seed, @Nullable Object review) {
    try {
      Admission.Answer answer = admission.answer(review, Map.of());
      assertThat(Tree.at(answer.review(), "response", "allowed"))
          .as("seed %d", seed)
          .isEqualTo(true);
      assertThat(JsonText.write(answer.review())).as("seed %d", seed).isNotEmpty();
      return 1;
    } catch (Admission.MalformedReviewException e) {
      return 0;
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }
}
