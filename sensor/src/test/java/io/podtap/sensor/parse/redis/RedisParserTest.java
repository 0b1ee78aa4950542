package io.podtap.sensor.parse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.api.Test;

/** Commands and values of RESP. */
class RedisParserTest {

  private static Talk talk() {
    return new Talk(7_000)
        .client("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nv1\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
        .server("+OK\r\n$2\r\nv1\r\n")
        .client("*1\r\n$3\r\nFOO\r\n")
        .server("-ERR no\r\n")
        .client("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n*1\r\n$4\r\nPING\r\n")
        .client("*2\r\n$6\r\nXRANGE\r\n$1\r\nx\r\n")
        .server("|1\r\n+ttl\r\n:3\r\n*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n%1\r\n+k\r\n#t\r\n")
        .client("PING\r\n")
        .server("+PONG\r\n");
  }

  @Test
  void pairsCommandsWithReplies() {
    assertThat(talk().isTheSameHoweverCut("redis").rows("redis"))
        .extracting(row ->
            String.join(
                " ",
                row.get("cmd.name"),
                row.get("cmd.key"),
                row.get("cmd.value"),
                row.get("success"),
                row.get("reply.value")))
        .containsExactly(
            "SET k v1 T OK",
            "GET k - T v1",
            "FOO - - F ERR no",
            "CLIENT - - - -",
            "PING - - - -",
            "XRANGE - - T [1, [a, null], {k: t}]",
            "PING - - T PONG");
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
