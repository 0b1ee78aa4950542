/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TapHealthTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private static Map<String, @Nullable Object> pod(String spec, String status) {
    try {
      return Tree.map(
          JsonText.read(
              """
              {"metadata": {"name": "a", "namespace": "shop", "creationTimestamp": "2026-01-01T11:00:00Z",
                "annotations": {"podtap.io/injected": "{\\"list\\": \\"initContainers\\"}"}},
               "spec": {"initContainers": [{"name": "podtap", "image": "podtap:1", "env": [
                  {"name": "SENSOR", "value": "dns:sensor.example."}]}]SPEC},
               "status": {"phase": "Running", "initContainerStatuses": [{"name": "podtap", "image": "podtap:1" STATUS}]}}
              """
                  .replace("SPEC", spec)
                  .replace("STATUS", status.isEmpty() ? "" : ", " + status)));
    } catch (JsonText.MalformedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String judge(Map<String, @Nullable Object> pod) {
    return TapHealth.of(pod, "podtap:1", NOW)
        .map(found -> found.state().word() + ' ' + found.reason())
        .orElse("");
  }

  private static String waiting(String reason) {
    return "\"state\": {\"waiting\": {\"reason\": \"" + reason + "\", \"message\": \"why\"}}";
  }

  @ParameterizedTest
  @CsvSource({
    "ErrImagePull,broken image-not-pulled",
    "ImagePullBackOff,broken image-not-pulled",
    "InvalidImageName,broken image-not-pulled",
    "ErrImageNeverPull,broken image-not-pulled",
    "ImageInspectError,broken image-not-pulled",
    "RegistryUnavailable,broken image-not-pulled",
    "SignatureValidationFailed,broken image-not-pulled",
    "CreateContainerConfigError,broken not-started",
    "CreateContainerError,broken not-started",
    "RunContainerError,broken not-started",
    "PostStartHookError,broken not-started",
    "CrashLoopBackOff,broken crashes",
    "PodInitializing,broken waits",
    "ContainerCreating,broken waits"
  })
  void aTapThatWaitsSaysWhatFor(String reason, String expected) {
    assertThat(judge(pod("", waiting(reason)))).isEqualTo(expected);
    boolean isPull = expected.endsWith("image-not-pulled");
    assertThat(TapHealth.unpullableImage(pod("", waiting(reason))))
        .isEqualTo(isPull ? "podtap:1" : "");
  }

  @Test
  void aPodThatIsNewMayWait() {
    Map<String, @Nullable Object> pod = pod("", waiting("PodInitializing"));
    Tree.map(pod.get("metadata")).put("creationTimestamp", NOW.minusSeconds(60).toString());
    assertThat(judge(pod)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Error,1,2026-01-01T11:50:00Z,broken restarted",
    "OOMKilled,137,2026-01-01T11:50:00Z,broken out-of-memory",
    "OOMKilled,137,2026-01-01T10:50:00Z,''",
    "Completed,0,2026-01-01T11:50:00Z,''"
  })
  void aTapThatEndedAndRunsAgainIsToldOfForAnHour(
      String reason, String code, String time, String expected) {
    String status =
        "\"state\": {\"running\": {}}, \"lastState\": {\"terminated\": {\"reason\": \""
            + reason
            + "\", \"exitCode\": "
            + code
            + ", \"finishedAt\": \""
            + time
            + "\", \"message\": \"first\\nlast\"}}";
    assertThat(judge(pod("", status))).isEqualTo(expected);
    assertThat(TapHealth.runningImage(pod("", status))).isEqualTo("podtap:1");
  }

  @Test
  void aCrashIsToldWithItsLastLine() {
    String status =
        waiting("CrashLoopBackOff")
            + ", \"lastState\": {\"terminated\": {\"reason\": \"Error\", \"exitCode\": 2,"
            + " \"finishedAt\": \"2026-01-01T11:50:00Z\", \"message\": \"first\\nno capability\\n\"}}";
    Finding finding = TapHealth.of(pod("", status), "", NOW).orElseThrow();
    assertThat(finding.text()).contains("exit code 2: no capability").doesNotContain("first");
    String memory = status.replace("Error", "OOMKilled");
    assertThat(judge(pod("", memory))).isEqualTo("broken out-of-memory");
  }

  @Test
  void aTapThatEndedInAPodThatRunsIsBroken() {
    assertThat(judge(pod("", "\"state\": {\"terminated\": {\"exitCode\": 0}}")))
        .isEqualTo("broken ended");
  }

  @Test
  void anotherImageIsOutdatedUnlessThePodNamesIt() {
    Map<String, @Nullable Object> pod = pod("", "\"state\": {\"running\": {}}");
    assertThat(judge(pod)).isEmpty();
    assertThat(TapHealth.of(pod, "podtap:2", NOW).orElseThrow().state())
        .isEqualTo(Finding.State.OUTDATED);
    assertThat(TapHealth.of(pod, "", NOW)).isEmpty();
    Tree.map(Tree.at(pod, "metadata", "annotations"))
        .put("podtap.io/injected", "{\"own\": {\"name\": \"podtap\", \"image\": \"mine:1\"}}");
    assertThat(TapHealth.of(pod, "podtap:2", NOW)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"None", "Default", "ClusterFirst", "ClusterFirstWithHostNet"})
  void aSensorByNameNeedsADnsThatKnowsIt(String policy) {
    boolean isNoted = policy.equals("None") || policy.equals("Default");
    String spec = ", \"dnsPolicy\": \"" + policy + '"';
    assertThat(judge(pod(spec, "\"state\": {\"running\": {}}")))
        .isEqualTo(isNoted ? "note no-cluster-dns" : "");
  }
}
