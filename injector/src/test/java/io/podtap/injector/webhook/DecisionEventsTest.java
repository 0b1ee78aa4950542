/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.testing.Eventually;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sender may have written about, and how much of it. */
final class DecisionEventsTest {

  @TempDir private static Path identity;
  @TempDir private Path account;
  private FakeApiServer api;
  private DecisionEvents events;

  @BeforeAll
  static void makeCertificate() throws Exception {
    TestCertificates.write(identity, Authority.KeyKind.EC, false);
  }

  @BeforeEach
  void start() throws Exception {
    api = FakeApiServer.start(identity, account);
    Files.writeString(account.resolve("token"), "t");
    Files.writeString(account.resolve("namespace"), "podtap");
    events = DecisionEvents.start(api.api(), System.err);
  }

  @AfterEach
  void stop() {
    events.close();
    api.close();
  }

  /** A review as whoever reaches the port may write it. */
  private void review(String namespace, String its, String owner, String filter) throws Exception {
    Object review =
        JsonText.read(
            """
            {"apiVersion": "admission.k8s.io/v1", "request": {"uid": "u", "operation": "CREATE",
             "namespace": "%s", "resource": {"resource": "pods"}, "object": {"metadata": {
              "namespace": "%s", "annotations": {"podtap.io/filter": "%s"},
              "ownerReferences": [{"controller": true, %s}]},
              "spec": {"containers": [{"name": "a", "image": "a"}]}}}}
            """
                .formatted(namespace, its, filter, owner));
    Admission admission = new Admission(Templates.PLAIN, Set.of("kube-public"), true);
    events.take(review, admission.answer(review, Map.of()));
  }

  private static String owner(String kind, String name, String uid) {
    return "\"apiVersion\": \"apps/v1\", \"kind\": \"%s\", \"name\": \"%s\", \"uid\": \"%s\""
        .formatted(kind, name, uid);
  }

  @ParameterizedTest
  @CsvSource({
    "kube-public, '', DaemonSet, kube-proxy, 1-2",
    "../../apis/x, '', DaemonSet, a, 1-2",
    "shop, other, DaemonSet, a, 1-2",
    "'', '', DaemonSet, a, 1-2",
    "shop, '', Node, node-1, 1-2",
    "shop, '', DaemonSet, a/b, 1-2",
    "shop, '', DaemonSet, a, ''",
    "shop, '', 'Daemon Set', a, 1-2",
    "SHOP, '', DaemonSet, a, 1-2"
  })
  void nothingIsWrittenAboutWhatIsNotOfThePodsNamespace(
      String namespace, String its, String kind, String name, String uid) throws Exception {
    review(namespace, its, owner(kind, name, uid), "tcp");
    review("shop", "shop", owner("ReplicaSet", "good", "3-4"), "tcp");
    Eventually.await(() -> api.events().size() == 1);
    assertThat(api.events().getFirst())
        .startsWith("/api/v1/namespaces/shop/events ")
        .contains("\"name\":\"good\"");
  }

  @Test
  void theSendersTextIsShortAndOneLine() throws Exception {
    review(
        "shop",
        "",
        owner("ReplicaSet", "a", "1-2"),
        "x \\n\\u001b[2J\\u202e\\u2028" + "a".repeat(3_000));
    Eventually.await(() -> api.events().size() == 1);
    String event = api.events().getFirst();
    assertThat(event)
        .hasSizeLessThan(1_000)
        .contains("no tap, bad-annotation: filter 'x \\\\u000a\\\\u001b[2J\\\\u202e\\\\u2028");
  }

  @Test
  void aFloodIsBounded() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      review("n" + i % 20, "", owner("ReplicaSet", "a" + i, "u" + i), "tcp");
    }
    assertThat(MetricsPort.text(MetricsFormat.TEXT, events::metrics))
        .containsPattern("\\{result=\"dropped\"} 1[78][0-9][0-9]\\n");
  }
}
