package io.podtap.injector.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KubeconfigTest {

  private static final String CONTEXTS =
      """
      current-context: a
      contexts:
      - {name: a, context: {cluster: one, user: token, namespace: shop}}
      - {name: b, context: {cluster: two, user: program}}
      - {name: c, context: {cluster: one, user: file}}
      clusters:
      - {name: one, cluster: {server: "https://10.0.0.1:6443/"}}
      """;

  @TempDir private Path folder;

  private Map<String, String> files(String first, String second) throws IOException {
    Path one = Files.writeString(folder.resolve("one"), first);
    Path two = Files.writeString(folder.resolve("two"), second);
    return Map.of("KUBECONFIG", one + ":" + folder.resolve("absent") + ':' + two);
  }

  @Test
  void ofEachNameTheFirstFilesEntryCounts() throws IOException {
    Map<String, String> environment =
        files(
            CONTEXTS + "users: [{name: token, user: {token: first}}]",
            "current-context: x\nusers: [{name: token, user: {token: second}}]");
    ClusterApi api = ClusterApi.of(environment, "");
    assertThat(api.base()).hasToString("https://10.0.0.1:6443");
    assertThat(api.namespace()).isEqualTo("shop");
    assertThat(api.credentials().authorization()).isEqualTo("Bearer first");
  }

  @Test
  void tokensComeFromFilesAndPrograms() throws IOException {
    Files.writeString(folder.resolve("token"), "from-file\n");
    Path program = folder.resolve("login");
    Files.writeString(
        program,
        "#!/bin/sh\necho '{\"status\": {\"token\": \"'$WHO-$1-$(cat counter; echo x >> counter)'\"}}'"
            .replace("counter", folder.resolve("counter").toString()));
    Files.writeString(folder.resolve("counter"), "1");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment =
        files(
            CONTEXTS,
            """
            clusters:
            - {name: two, cluster: {server: "https://two/k8s/clusters/c-1"}}
            users:
            - {name: file, user: {tokenFile: token}}
            - {name: program, user: {exec: {command: ./login, args: [me], env: [{name: WHO, value: I}]}}}
            """);
    assertThat(ClusterApi.of(environment, "c").credentials().authorization())
        .isEqualTo("Bearer from-file");
    ClusterApi api = ClusterApi.of(environment, "b");
    assertThat(api.base()).hasToString("https://two/k8s/clusters/c-1");
    assertThat(api.namespace()).isEqualTo("default");
    assertThat(api.credentials().authorization()).isEqualTo("Bearer I-me-1");
    assertThat(api.credentials().authorization()).as("run once").isEqualTo("Bearer I-me-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{server: 'http://a'} | {token: a} | server 'http://a' is not https",
        "{server: 'https://a', insecure-skip-tls-verify: true} | {token: a} | insecure-skip-tls",
        "{server: 'https://a', proxy-url: b} | {token: a} | proxy-url",
        "{server: 'https://a'} | {username: a, password: b} | username"
      },
      quoteCharacter = '`')
  void whatIsNotUnderstoodIsRefused(String cluster, String user, String expected)
      throws IOException {
    Map<String, String> environment =
        files(
            "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]",
            "clusters: [{name: c, cluster: "
                + cluster
                + "}]\nusers: [{name: u, user: "
                + user
                + "}]");
    assertThatThrownBy(() -> ClusterApi.of(environment, ""))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void withoutAClusterItSaysSo() {
    assertThatThrownBy(() -> ClusterApi.of(Map.of("HOME", folder.toString()), ""))
        .hasMessage(
            "no API server: neither KUBECONFIG nor ~/.kube/config is there, and this is not a pod");
  }
}
