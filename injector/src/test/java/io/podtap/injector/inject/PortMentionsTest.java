/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every place of a pod that names a port, and what does not. */
final class PortMentionsTest {

  private static Map<String, @Nullable Object> yaml(String text) {
    return Tree.map(new Load(LoadSettings.builder().build()).loadFromString(text));
  }

  private static Map<String, @Nullable Object> podOf(String container) {
    return yaml(
        "{metadata: {name: web}, spec: {containers: [{name: web, image: web:1, "
            + container
            + "}]}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ports: [{containerPort: 80}, {containerPort: 9095}]",
        "ports: [{containerPort: 80, hostPort: 9095}]",
        "readinessProbe: {httpGet: {path: /, port: 9095}}",
        "readinessProbe: {httpGet: {path: /, port: '9095'}}",
        "livenessProbe: {tcpSocket: {port: 9095}}",
        "startupProbe: {grpc: {port: 9095}}",
        "livenessProbe: {exec: {command: [wget, 'http://localhost:9095/live']}}",
        "lifecycle: {postStart: {httpGet: {port: 9095}}}",
        "lifecycle: {preStop: {tcpSocket: {port: 9095}}}",
        "lifecycle: {preStop: {exec: {command: [sh, -c, 'wget :9095/quit']}}}",
        "command: [httpd, -p, '9095']",
        "args: ['--listen=0.0.0.0:9095']",
        "args: ['-p9095']",
        "env: [{name: PORT, value: '9095'}]",
        "env: [{name: URL, value: 'http://0.0.0.0:9095/'}]",
      })
  void aContainerNamesIt(String container) {
    assertThat(PortMentions.find(podOf(container), 9_095)).startsWith("spec.containers[web].");
    assertThat(PortMentions.find(podOf(container), 909)).isEmpty();
    assertThat(PortMentions.find(podOf(container), 95)).isEmpty();
    assertThat(PortMentions.find(podOf(container.replace("9095", "19095")), 9_095)).isEmpty();
    assertThat(PortMentions.find(podOf(container.replace("9095", "9096")), 9_095)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"initContainers", "ephemeralContainers"})
  void containersOfOtherKindsNameIt(String list) {
    Map<String, @Nullable Object> pod = podOf("args: []");
    Map<String, @Nullable Object> spec = new LinkedHashMap<>(Tree.map(pod.get("spec")));
    spec.put(list, List.of(Map.of("name", "other", "args", List.of(":9095"))));
    pod.put("spec", spec);
    assertThat(PortMentions.find(pod, 9_095)).isEqualTo("spec." + list + "[other].args[0]");
    spec.put(list, List.of(Map.of("name", "podtap", "args", List.of(":9095"))));
    assertThat(PortMentions.find(pod, 9_095)).isEmpty(); // the tap's own
  }

  @Test
  void annotationsNameItButOursAndKubectls() {
    Map<String, @Nullable Object> pod = podOf("args: []");
    Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
    pod.put("metadata", Map.of("annotations", annotations));
    annotations.put("podtap.io/metrics", "9095");
    annotations.put("kubectl.kubernetes.io/last-applied-configuration", "{'9095'}");
    assertThat(PortMentions.find(pod, 9_095)).isEmpty();
    annotations.put("prometheus.io/port", "9095");
    assertThat(PortMentions.find(pod, 9_095)).isEqualTo("annotation prometheus.io/port");
  }

  @Test
  void anOptionGivesWayWithAWordAndAnAnnotationIsRefused() throws InjectException {
    TapTemplate tap =
        new TapTemplate(
            "podtap:1",
            "",
            true,
            1,
            Map.of("sensor", "10.0.0.3", "interface", "eth0", "vni", "42", "metrics", "9095"),
            "",
            Resources.usual(Map.of()),
            PodSecurity.PRIVILEGED);
    List<String> notes = new ArrayList<>();
    assertThat(PortMentions.fit(podOf("args: []"), tap, notes)).isSameAs(tap);
    assertThat(notes).isEmpty();
    Map<String, @Nullable Object> pod = podOf("readinessProbe: {httpGet: {port: 9095}}");
    assertThat(PortMentions.fit(pod, tap, notes).options()).containsEntry("metrics", "0");
    assertThat(notes)
        .containsExactly(
            "the tap serves no metrics: spec.containers[web].readinessProbe.httpGet.port names"
                + " port 9095");
    pod.put("metadata", Map.of("annotations", Map.of("podtap.io/metrics", "9095")));
    Outcome outcome = Injection.inject(pod, new NamespaceContext(Map.of(), true), tap);
    assertThat(outcome)
        .isEqualTo(
            new Outcome.Unchanged(
                Reason.BAD_ANNOTATION,
                "podtap.io/metrics 9095 is not free for certain:"
                    + " spec.containers[web].readinessProbe.httpGet.port names it"));
  }
}
