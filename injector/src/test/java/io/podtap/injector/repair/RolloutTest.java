/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RolloutTest {

  private static Map<String, @Nullable Object> tree(String json) {
    try {
      return Tree.map(JsonText.read(json.replace('\'', '"')));
    } catch (JsonText.MalformedException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  private static Map<String, @Nullable Object> owner(String spec, String status) {
    return tree(
        "{'metadata': {'generation': 3}, 'spec': {" + spec + "}, 'status': {" + status + "}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Deployment | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 2, 'updatedReplicas': 2, 'readyReplicas': 2, 'availableReplicas': 2 | true",
        "Deployment | 'replicas': 2 | 'observedGeneration': 2, 'replicas': 2, 'updatedReplicas': 2, 'readyReplicas': 2, 'availableReplicas': 2 | false",
        "Deployment | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 3, 'updatedReplicas': 2, 'readyReplicas': 2, 'availableReplicas': 2 | false",
        "Deployment | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 2, 'updatedReplicas': 1, 'readyReplicas': 2, 'availableReplicas': 2 | false",
        "Deployment | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 2, 'updatedReplicas': 2, 'readyReplicas': 2, 'availableReplicas': 1 | false",
        "Deployment | 'replicas': 0 | 'observedGeneration': 3 | true",
        "StatefulSet | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 2, 'readyReplicas': 2, 'currentRevision': 'b', 'updateRevision': 'b' | true",
        "StatefulSet | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 2, 'readyReplicas': 2, 'currentRevision': 'a', 'updateRevision': 'b' | false",
        "StatefulSet | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 2, 'readyReplicas': 2, 'availableReplicas': 1, 'currentRevision': 'b', 'updateRevision': 'b' | false",
        "StatefulSet | 'replicas': 2 | 'observedGeneration': 3, 'replicas': 2, 'readyReplicas': 1, 'currentRevision': 'b', 'updateRevision': 'b' | false",
        "DaemonSet | | 'observedGeneration': 3, 'desiredNumberScheduled': 2, 'currentNumberScheduled': 2, 'updatedNumberScheduled': 2, 'numberAvailable': 2 | true",
        "DaemonSet | | 'observedGeneration': 3, 'desiredNumberScheduled': 2, 'currentNumberScheduled': 2, 'updatedNumberScheduled': 1, 'numberAvailable': 2 | false",
        "DaemonSet | | 'observedGeneration': 3, 'desiredNumberScheduled': 2, 'currentNumberScheduled': 2, 'updatedNumberScheduled': 2, 'numberAvailable': 1 | false"
      })
  void aRolloutIsDoneByItsOwnStatus(String kind, String spec, String status, boolean expected) {
    assertThat(Rollout.of(kind, owner(spec == null ? "" : spec, status)).isDone())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type': 'ReplicaFailure', 'status': 'True', 'reason': 'FailedCreate', 'message': 'm'} | 3 | FailedCreate: m",
        "{'type': 'Progressing', 'status': 'False', 'reason': 'ProgressDeadlineExceeded', 'message': 'm'} | 3 | ProgressDeadlineExceeded: m",
        "{'type': 'Progressing', 'status': 'True', 'reason': 'NewReplicaSetAvailable', 'message': 'm'} | 3 | ``",
        "{'type': 'ReplicaFailure', 'status': 'True', 'reason': 'FailedCreate', 'message': 'm'} | 2 | ``"
      })
  void aDeploymentSaysWhatFails(String condition, int observed, String expected) {
    String status = "'observedGeneration': " + observed + ", 'conditions': [" + condition + ']';
    assertThat(Rollout.of("Deployment", owner("", status)).failure()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Deployment | 'replicas': 1 | true",
        "Deployment | 'replicas': 3 | true",
        "Deployment | 'replicas': 4 | false",
        "Deployment | 'replicas': 4, 'strategy': {'rollingUpdate': {'maxUnavailable': 0, 'maxSurge': 1}} | true",
        "Deployment | 'replicas': 4, 'strategy': {'rollingUpdate': {'maxUnavailable': 0, 'maxSurge': '10%'}} | true",
        "Deployment | 'replicas': 4, 'strategy': {'rollingUpdate': {'maxUnavailable': '20%', 'maxSurge': '0%'}} | false",
        "Deployment | 'replicas': 4, 'strategy': {'rollingUpdate': {'maxUnavailable': '100%', 'maxSurge': 1}} | false",
        "Deployment | 'replicas': 1, 'strategy': {'type': 'Recreate'} | false",
        "Deployment | 'replicas': 4, 'strategy': {'rollingUpdate': {'maxUnavailable': 'x', 'maxSurge': 1}} | false",
        "StatefulSet | 'replicas': 3 | false",
        "DaemonSet | 'updateStrategy': {} | false",
        "DaemonSet | 'updateStrategy': {'rollingUpdate': {'maxUnavailable': 0, 'maxSurge': 1}} | true"
      })
  void whoKeepsAllPodsMayBeRestarted(String kind, String spec, boolean keeps) {
    Map<String, @Nullable Object> owner =
        owner(spec, kind.equals("DaemonSet") ? "'desiredNumberScheduled': 3" : "");
    Consent.Opinion opinion = Consent.of(kind, owner, List.of());
    assertThat(opinion.keepsPods()).isEqualTo(keeps);
    assertThat(opinion.objection().isEmpty()).isEqualTo(keeps);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'paused': true | its rollout is paused",
        "'updateStrategy': {'type': 'OnDelete'} | OnDelete",
        "'updateStrategy': {'rollingUpdate': {'partition': 2}} | partition"
      })
  void whatIsHeldBackIsNotRestarted(String spec, String expected) {
    assertThat(Owners.objection(owner(spec, ""))).contains(expected);
  }
}
