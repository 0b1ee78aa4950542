/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Pem;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.webhook.TestCertificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.Assertions;
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
        "#!/bin/sh\necho '{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"status\": {\"token\": \"'$WHO-$1-$(cat counter; echo x >> counter)'\"}}'"
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
            - {name: program, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [me], env: [{name: WHO, value: I}]}}}
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
        "{server: 'https://a', proxy-url: 'socks5://b'} | {token: a} | proxy-url 'socks5://b' is"
            + " not http",
        "{server: 'https://a', proxy-url: 'https://b'} | {token: a} | proxy-url",
        "{server: 'https://a', proxy-url: 'http://me:secret@b'} | {token: a} | proxy-url with a"
            + " password",
        "{server: 'https://a', tls-server-name: 'a b'} | {token: a} | tls-server-name",
        "{server: 'https://a', tls-min-version: '1.0'} | {token: a} | cluster 'c': tls-min-version",
        "{server: 'https://a'} | {impersonate: jane} | user 'u': impersonate is not a field",
        "{server: 'https://a'} | {auth-provider: {name: gcp}} | auth-provider",
        "{server: 'https://a'} | {password: b} | a password and no username",
        "{server: 'https://a'} | {token: a, username: b} | both a token and a username",
        "{server: 'https://a'} | {as-groups: [g]} | need the user that is acted as",
        "{server: 'https://a'} | {as-uid: '1'} | need the user that is acted as",
        "{server: 'https://a'} | {as: jane, as-groups: ['']} | Impersonate-Group",
        "{server: 'https://a'} | {exec: {command: c, apiVersion:"
            + " client.authentication.k8s.io/v1alpha1}} | apiVersion",
        "{server: 'https://a'} | {exec: {command: c}} | apiVersion",
        "{server: 'https://a'} | {exec: {apiVersion: client.authentication.k8s.io/v1}} | command is"
            + " missing",
        "{server: 'https://a'} | {exec: {command: c, apiVersion: client.authentication.k8s.io/v1,"
            + " interactiveMode: Sometimes}} | interactiveMode",
        "{server: 'https://a'} | {exec: {command: c, apiVersion: client.authentication.k8s.io/v1,"
            + " stdin: a}} | exec: stdin"
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
            "no cluster: neither KUBECONFIG nor ~/.kube/config names one, and this is not a pod");
  }

  /** All of client-go's v1 types, so that a field is honoured, or refused, and never overlooked. */
  @Test
  void everyFieldIsHonouredOrRefused() {
    assertThat(KubeconfigFields.CLUSTER)
        .containsExactlyInAnyOrder(
            "server",
            "tls-server-name",
            "insecure-skip-tls-verify",
            "certificate-authority",
            "certificate-authority-data",
            "proxy-url",
            "disable-compression",
            "extensions");
    List<String> user =
        List.of(
            "client-certificate",
            "client-certificate-data",
            "client-key",
            "client-key-data",
            "token",
            "tokenFile",
            "as",
            "as-uid",
            "as-groups",
            "as-user-extra",
            "username",
            "password",
            "auth-provider",
            "exec",
            "extensions");
    for (String field : user) {
      Map<String, Object> values = Map.of(field, "x");
      if (KubeconfigFields.USER.contains(field)) {
        KubeconfigFields.require("user", values, KubeconfigFields.USER);
      } else {
        assertThatThrownBy(() -> KubeconfigFields.require("user", values, KubeconfigFields.USER))
            .hasMessageContaining(field);
      }
    }
    assertThat(KubeconfigFields.CONTEXT)
        .containsExactlyInAnyOrder("cluster", "user", "namespace", "extensions");
    assertThat(KubeconfigFields.EXEC)
        .containsExactlyInAnyOrder(
            "command",
            "args",
            "env",
            "apiVersion",
            "installHint",
            "provideClusterInfo",
            "interactiveMode");
  }

  private ClusterApi api(ClusterChoice choice, String cluster, String user) throws IOException {
    Map<String, String> environment =
        files(
            "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]",
            "clusters: [{name: c, cluster: "
                + cluster
                + "}, {name: d, cluster: {server: 'https://d'}}]\nusers: [{name: u, user: "
                + user
                + "}, {name: v, user: {token: of-v}}]");
    return choice.api(environment);
  }

  @Test
  void itActsAsTheFileSays() throws IOException {
    ClusterApi api =
        api(
            ClusterChoice.NONE,
            "{server: 'https://a'}",
            "{token: t, as: jane, as-uid: u-1, as-groups: [a, b], as-user-extra: {Scope/x: [r,"
                + " w]}}");
    assertThat(api.credentials().headers())
        .isEqualTo(
            Map.of(
                "Impersonate-User", List.of("jane"),
                "Impersonate-Uid", List.of("u-1"),
                "Impersonate-Group", List.of("a", "b"),
                "Impersonate-Extra-scope%2Fx", List.of("r", "w")));
    assertThat(api.credentials().authorization()).isEqualTo("Bearer t");
  }

  @Test
  void optionsWinOverTheFile() throws IOException {
    ClusterChoice choice = new ClusterChoice("", "", "d", "v", "joe", List.of("g"), "7");
    ClusterApi api = api(choice, "{server: 'https://a'}", "{token: t}");
    assertThat(api.base()).hasToString("https://d");
    assertThat(api.credentials().authorization()).isEqualTo("Bearer of-v");
    assertThat(api.credentials().headers())
        .containsEntry("Impersonate-User", List.of("joe"))
        .containsEntry("Impersonate-Group", List.of("g"))
        .containsEntry("Impersonate-Uid", List.of("7"));
    assertThatThrownBy(
            () -> new ClusterChoice("/absent/config", "", "", "", "", List.of(), "").api(Map.of()))
        .hasMessage("kubeconfig '/absent/config' cannot be read: no such file");
  }

  @Test
  void aPasswordIsBasic() throws IOException {
    assertThat(
            api(ClusterChoice.NONE, "{server: 'https://a'}", "{username: a, password: 'b:c'}")
                .credentials()
                .authorization())
        .isEqualTo("Basic YTpiOmM=");
  }

  @Test
  void aProgramIsToldOfItsCluster() throws IOException {
    Path program = folder.resolve("login");
    Files.writeString(
        program,
        "#!/bin/sh\necho \"$KUBERNETES_EXEC_INFO\" > \"$0.info\"\n"
            + "echo '{\"apiVersion\": \"client.authentication.k8s.io/v1beta1\","
            + " \"status\": {\"token\": \"x\"}}'");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    ClusterApi api =
        api(
            ClusterChoice.NONE,
            "{server: 'https://a', certificate-authority-data: QUJD, extensions: [{name:"
                + " client.authentication.k8s.io/exec, extension: {audience: me}}]}",
            "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./login,"
                + " provideClusterInfo: true, interactiveMode: Never}}");
    assertThat(api.credentials().authorization()).isEqualTo("Bearer x");
    assertThat(Files.readString(folder.resolve("login.info")))
        .contains(
            "\"interactive\":false",
            "\"server\":\"https://a\"",
            "\"certificate-authority-data\":\"QUJD\"",
            "\"config\":{\"audience\":\"me\"}");
  }

  @Test
  void aProgramThatIsNotThereSaysHowToGetIt() throws IOException {
    ClusterApi api =
        api(
            ClusterChoice.NONE,
            "{server: 'https://a'}",
            "{exec: {apiVersion: client.authentication.k8s.io/v1, command: podtap-absent-login,"
                + " installHint: 'get it from example.com'}}");
    assertThatThrownBy(() -> api.credentials().authorization())
        .hasMessage("kubeconfig: exec: podtap-absent-login cannot be run: get it from example.com");
  }

  /** A server of 127.0.0.1 and localhost, which says what it was asked with. */
  private HttpsServer server(Path certificates) throws Exception {
    Files.createDirectories(certificates);
    Certificate authority = TestCertificates.write(certificates, Authority.KeyKind.EC, false);
    Files.writeString(
        certificates.resolve("ca.crt"), Pem.block("CERTIFICATE", authority.getEncoded()));
    Identity identity =
        Identity.parse(
            Files.readString(certificates.resolve("tls.crt")),
            Files.readString(certificates.resolve("tls.key")));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new CurrentIdentity(identity)}, null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              JsonText.write(
                      Map.of(
                          "user",
                          String.valueOf(exchange.getRequestHeaders().get("Impersonate-User")),
                          "groups",
                          String.valueOf(exchange.getRequestHeaders().get("Impersonate-Group"))))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aServerIsAskedAsAnotherUserAndKnownByAnotherName() throws Exception {
    Path certificates = folder.resolve("certificates");
    HttpsServer server = server(certificates);
    try {
      String reached =
          "server: 'https://127.0.0.1:"
              + server.getAddress().getPort()
              + "', certificate-authority: certificates/ca.crt";
      String user = "{token: t, as: jane, as-groups: [a, b]}";
      ClusterApi api =
          api(ClusterChoice.NONE, "{" + reached + ", tls-server-name: localhost}", user);
      assertThat(api.get("/").object()).isEqualTo(Map.of("user", "[jane]", "groups", "[a, b]"));
      ClusterApi other =
          api(ClusterChoice.NONE, "{" + reached + ", tls-server-name: example.com}", user);
      assertThatThrownBy(() -> other.get("/"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not have tls-server-name example.com");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aProxyIsAskedForTheServer() throws Exception {
    Path certificates = folder.resolve("certificates");
    HttpsServer server = server(certificates);
    try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> asked = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try (Socket client = proxy.accept()) {
              BufferedReader in =
                  new BufferedReader(
                      new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
              asked.complete(in.readLine());
              client
                  .getOutputStream()
                  .write("HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
              asked.completeExceptionally(e);
            }
          });
      ClusterApi api =
          api(
              ClusterChoice.NONE,
              "{server: 'https://cluster.invalid:6443', proxy-url: 'http://127.0.0.1:"
                  + proxy.getLocalPort()
                  + "', certificate-authority: certificates/ca.crt}",
              "{token: t}");
      Assertions.assertThatIOException().isThrownBy(() -> api.get("/"));
      assertThat(asked.get(30, TimeUnit.SECONDS))
          .isEqualTo("CONNECT cluster.invalid:6443 HTTP/1.1");
    } finally {
      server.stop(0);
    }
  }
}
