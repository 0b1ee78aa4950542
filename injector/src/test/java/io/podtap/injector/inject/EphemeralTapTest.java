/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.inject.EphemeralTap.Purpose;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EphemeralTapTest {

  private static final String RUNNING = "'status': {'phase': 'Running'}";

  private static Map<String, @Nullable Object> tree(String json) throws Exception {
    return Tree.map(JsonText.read(json.replace('\'', '"')));
  }

  private static Map<String, @Nullable Object> pod(String spec, String rest) throws Exception {
    return tree(
        "{'spec': {'containers': [{'name': 'app', 'image': 'app'}]" + spec + "}, " + rest + "}");
  }

  private static String attach(Map<String, @Nullable Object> pod, String target, Purpose purpose) {
    return attach(pod, Templates.PLAIN, target, purpose);
  }

  private static String attach(
      Map<String, @Nullable Object> pod, TapTemplate tap, String target, Purpose purpose) {
    return switch (EphemeralTap.attach(pod, Map.of(), tap, target, purpose)) {
      case Outcome.Unchanged unchanged -> unchanged.reason().word();
      case Outcome.Changed changed ->
          JsonText.write(
              Tree.list(Tree.at(changed.pod(), "spec", "ephemeralContainers")).getLast());
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "|'status': {'phase': 'Pending'}|not-running",
        "|'metadata': {'deletionTimestamp': 'now'}, 'status': {'phase': 'Running'}|not-running",
        ", 'hostNetwork': true|'status': {'phase': 'Running'}|host-network",
        ", 'os': {'name': 'windows'}|'status': {'phase': 'Running'}|windows",
        "|'metadata': {'labels': {'podtap.io/inject': 'disabled'}}, 'status': {'phase':"
            + " 'Running'}|opted-out",
        "|'status': {'phase': 'Running', 'initContainerStatuses': [{'name': 'podtap', 'state':"
            + " {'running': {}}}]}|already-injected",
        ", 'initContainers': [{'name': 'mirror', 'image': 'podtap:0'}]|'status': {'phase':"
            + " 'Running'}|own-tap"
      })
  void whatIsInTheWayIsSaid(@Nullable String spec, String rest, String reason) throws Exception {
    assertThat(attach(pod(spec == null ? "" : spec, rest), "", Purpose.MIRROR)).isEqualTo(reason);
  }

  @Test
  void theTargetMustBeThere() throws Exception {
    Map<String, @Nullable Object> pod = pod("", RUNNING);
    assertThat(attach(pod, "web", Purpose.MIRROR)).isEqualTo("no-container");
    assertThat(attach(pod, "app", Purpose.MIRROR)).contains("\"targetContainerName\":\"app\"");
  }

  @Test
  void sendsOverTlsOnlyWhereThePodHasACertificate() throws Exception {
    TapTemplate encrypted = Templates.PLAIN.withTlsSecret("taps");
    Map<String, @Nullable Object> bare = pod("", RUNNING);
    assertThat(attach(bare, encrypted, "", Purpose.MIRROR)).isEqualTo("no-certificate");
    assertThat(attach(bare, encrypted, "", Purpose.CAPTURE)).doesNotContain("volumeMounts");
    String volumes = ", 'volumes': [{'name': 'podtap-tls', 'secret': {'secretName': 'taps'}}]";
    assertThat(attach(pod(volumes, RUNNING), encrypted, "", Purpose.MIRROR))
        .contains("\"mountPath\":\"/etc/podtap/tls\"", "PODTAP_TRANSPORT");
  }

  @Test
  void ephemeralContainersHaveNoResourcesAndRestartNever() throws Exception {
    assertThat(attach(pod("", RUNNING), "", Purpose.MIRROR))
        .contains("\"args\":[\"tap\"]", "\"add\":[\"NET_RAW\"]")
        .contains("{\"name\":\"PODTAP_ON_FAILURE\",\"value\":\"exit\"}")
        .doesNotContain("\"resources\"", "restartPolicy", "stdin");
  }

  @Test
  void aCaptureHoldsItsInputAndMayStandBesideATap() throws Exception {
    String tapped =
        "'status': {'phase': 'Running', 'containerStatuses': [{'name': 'podtap', 'state':"
            + " {'running': {}}}]}";
    Map<String, @Nullable Object> before =
        pod(", 'ephemeralContainers': [{'name': 'podtap-capture'}]", tapped);
    assertThat(attach(before, "", Purpose.CAPTURE))
        .contains("\"name\":\"podtap-capture-2\"", "\"stdinOnce\":true", "\"args\":[\"hold\"]")
        .doesNotContain("\"command\"");
    assertThat(EphemeralTap.runningTap(before)).isEqualTo("podtap");
    assertThat(before)
        .isEqualTo(pod(", 'ephemeralContainers': [{'name': 'podtap-capture'}]", tapped));
  }

  @Test
  void whoAsksTheApiGetsThePodsToken() throws Exception {
    TapTemplate asks =
        Templates.PLAIN.with(Map.of("sensor", "zeek.security"), true, Templates.PLAIN.resources());
    Map<String, @Nullable Object> without = pod("", RUNNING);
    assertThat(EphemeralTap.attach(without, Map.of(), asks, "", Purpose.MIRROR))
        .isInstanceOfSatisfying(
            Outcome.Unchanged.class,
            unchanged -> assertThat(unchanged.reason()).isEqualTo(Reason.NO_TOKEN));
    Map<String, @Nullable Object> with = Tree.copyMap(without);
    Tree.map(Tree.list(Tree.at(with, "spec", "containers")).getFirst())
        .put(
            "volumeMounts",
            Tree.list(
                JsonText.read(
                    "[{\"name\": \"kube-api-access-x\", \"mountPath\":"
                        + " \"/var/run/secrets/kubernetes.io/serviceaccount\"}]")));
    assertThat(EphemeralTap.attach(with, Map.of(), asks, "", Purpose.MIRROR))
        .isInstanceOfSatisfying(
            Outcome.Changed.class,
            changed ->
                assertThat(JsonText.write(Tree.at(changed.pod(), "spec", "ephemeralContainers")))
                    .contains("\"volumeMounts\":[{\"name\":\"kube-api-access-x\""));
  }
}
