/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PodAuditTest {

  private static final String EIGHT = "2026-01-01T08:00:00Z";
  private static final String NINE = "2026-01-01T09:00:00Z";
  private static final String TEN = "2026-01-01T10:00:00Z";
  private static final PodAudit JUDGEMENT =
      new PodAudit(Templates.PLAIN, Set.of("kube-system"), false, "");

  private static Map<String, @Nullable Object> tree(String json) {
    try {
      return Tree.map(JsonText.read(json.replace('\'', '"')));
    } catch (JsonText.MalformedException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  private static Map<String, @Nullable Object> pod(String metadata, String spec, String status) {
    return tree(
        "{'metadata': {'name': 'a', 'namespace': 'shop', 'creationTimestamp': '"
            + NINE
            + "'"
            + metadata
            + "}, 'spec': {'containers': [{'name': 'app', 'image': 'app'}]"
            + spec
            + "}, 'status': {"
            + status
            + "}}");
  }

  private static Map<String, @Nullable Object> namespace(String label, String labelled) {
    return tree(
        "{'metadata': {'name': 'shop', 'labels': {'podtap.io/inject': '"
            + label
            + "'}, 'managedFields': [{'time': '"
            + EIGHT
            + "', 'fieldsV1': {'f:metadata': {'f:labels': {'f:other': {}}}}}, {'time': '"
            + labelled
            + "', 'fieldsV1': {'f:metadata': {'f:labels': {'f:podtap.io/inject': {}}}}}]}}");
  }

  private static String judge(
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespace,
      Cause.Webhook webhook) {
    Optional<Finding> finding = JUDGEMENT.of(pod, namespace, webhook, Instant.parse(TEN));
    return finding.map(found -> found.state().word() + ' ' + found.reason()).orElse("");
  }

  private static Cause.Webhook since(String time) {
    return new Cause.Webhook.Since(Instant.parse(time));
  }

  @ParameterizedTest
  @CsvSource({
    TEN + ',' + EIGHT + ",missing before-webhook",
    EIGHT + ',' + TEN + ",missing before-label",
    EIGHT + ',' + EIGHT + ",missing webhook-unavailable",
    TEN + ',' + TEN + ",missing before-webhook"
  })
  void aMissingTapHasItsCause(String webhook, String labelled, String expected) {
    assertThat(judge(pod("", "", ""), namespace("enabled", labelled), since(webhook)))
        .isEqualTo(expected);
  }

  @Test
  void withoutConfigurationThereIsNoWebhook() {
    assertThat(judge(pod("", "", ""), namespace("enabled", EIGHT), new Cause.Webhook.Absent()))
        .isEqualTo("missing no-webhook");
    assertThat(judge(pod("", "", ""), namespace("enabled", EIGHT), new Cause.Webhook.Hidden()))
        .isEqualTo("missing unknown");
    assertThat(judge(pod("", "", ""), namespace("enabled", TEN), new Cause.Webhook.Hidden()))
        .isEqualTo("missing before-label");
  }

  @Test
  void thePodsOwnLabelHasItsTimeToo() {
    String labelled =
        ", 'labels': {'podtap.io/inject': 'enabled'}, 'managedFields': [{'time': '"
            + TEN
            + "', 'fieldsV1': {'f:metadata': {'f:labels': {'f:podtap.io/inject': {}}}}}]";
    assertThat(judge(pod(labelled, "", ""), Map.of(), since(EIGHT)))
        .isEqualTo("missing before-label");
  }

  @Test
  void whatIsOverOrElsewhereIsNotMissing() {
    Map<String, @Nullable Object> asks = namespace("enabled", EIGHT);
    for (String phase : new String[] {"Succeeded", "Failed"}) {
      assertThat(judge(pod("", "", "'phase': '" + phase + "'"), asks, since(EIGHT))).isEmpty();
    }
    assertThat(judge(pod(", 'deletionTimestamp': '" + TEN + "'", "", ""), asks, since(EIGHT)))
        .isEmpty();
    assertThat(judge(pod("", "", ""), Map.of(), since(EIGHT))).isEmpty();
    Map<String, @Nullable Object> system = pod("", "", "");
    Tree.map(system.get("metadata")).put("namespace", "kube-system");
    assertThat(judge(system, asks, since(EIGHT))).isEmpty();
  }

  @Test
  void whoHasATapMissesNone() {
    Map<String, @Nullable Object> asks = namespace("enabled", EIGHT);
    String injected = ", 'annotations': {'podtap.io/injected': '{}'}";
    String tap = ", 'initContainers': [{'name': 'podtap', 'image': 'podtap:1'}]";
    assertThat(judge(pod(injected, tap, ""), asks, since(EIGHT))).isEmpty();
    String ephemeral = ", 'ephemeralContainers': [{'name': 'podtap', 'image': 'podtap:1'}]";
    String runs = "'ephemeralContainerStatuses': [{'name': 'podtap', 'state': {'running': {}}}]";
    assertThat(judge(pod("", ephemeral, runs), asks, since(EIGHT))).isEmpty();
    assertThat(judge(pod("", ephemeral, runs.replace("running", "terminated")), asks, since(EIGHT)))
        .isEqualTo("mistake ephemeral-tap");
  }

  @Test
  void refusalsAreSaidByTheirReason() {
    Map<String, @Nullable Object> asks = namespace("enabled", EIGHT);
    assertThat(judge(pod("", ", 'hostNetwork': true", ""), asks, since(EIGHT)))
        .isEqualTo("impossible host-network");
    assertThat(
            judge(pod(", 'annotations': {'podtap.io/snaplen': 'few'}", "", ""), asks, since(EIGHT)))
        .isEqualTo("mistake bad-annotation");
    assertThat(judge(pod("", "", ""), namespace("disabled", EIGHT), since(EIGHT)))
        .isEqualTo("opted-out opted-out");
  }
}
