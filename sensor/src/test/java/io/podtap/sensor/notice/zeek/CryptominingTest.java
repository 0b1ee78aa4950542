/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.NoticeTalk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names of Zeek's package, for each method of each protocol, from either end. */
class CryptominingTest {

  private static final String MINER = "Bitcoin::Miner";
  private static final String POOL = "Bitcoin::Mining_Pool_Server";
  private static final String POSSIBLE = "Bitcoin::Possible_Mining";

  private static NoticeTalk talk(String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "detect=cryptomining";
    System.arraycopy(options, 0, all, 1, options.length);
    return new NoticeTalk(all);
  }

  private static String call(String method) {
    return "{\"id\": 1, \"method\" : \"" + method + "\", \"params\": []}\n";
  }

  @ParameterizedTest
  @CsvSource({
    "mining.subscribe, Stratum",
    "mining.authorize, Stratum",
    "mining.get_transactions, Stratum",
    "mining.submit, Stratum",
    "getwork, getwork",
    "eth_getwork, getwork",
    "getblocktemplate, getblocktemplate",
    "submitblock, getblocktemplate",
    "login, MinerGate",
    "submit, MinerGate",
    "getjob, MinerGate",
    "job, MinerGate",
    "eth_getWork, MinerGate",
    "eth_submitWork, MinerGate",
  })
  void aMinerIsToldByItsCalls(String method, String protocol) {
    try (NoticeTalk talk = talk().connect(3_333).client(call(method))) {
      assertThat(talk.values("notice", "msg"))
          .containsExactly(
              "Cryptominer at 10.0.0.1, using " + protocol + " protocol",
              "Cryptomining pool server at 10.0.0.2:3333/tcp, using " + protocol + " protocol");
      assertThat(talk.kinds()).containsExactly(MINER, POOL);
    }
  }

  @ParameterizedTest
  @CsvSource({"mining.notify, true", "mining.set_difficulty, true", "mining.subscribe, false"})
  void theServerOfAConnectionMayBeEither(String method, boolean isPool) {
    try (NoticeTalk talk = talk().connect(3_333).client("\n").server(call(method))) {
      assertThat(talk.values("notice", "msg").getFirst())
          .startsWith("Cryptominer at " + (isPool ? "10.0.0.1" : "10.0.0.2"));
    }
  }

  @Test
  void unknownMethodsOfStratumArePossible() {
    try (NoticeTalk talk = talk().connect(3_333).client(call("mining.hello"))) {
      assertThat(talk.kinds()).containsExactly(POSSIBLE);
    }
  }

  @Test
  void hostsOutsideAreNoNoticeByDefault() {
    try (NoticeTalk talk =
        talk("site.private_address_space_is_local=false", "site.local_nets=10.0.0.1/32")
            .connect(3_333)
            .client(call("mining.subscribe"))) {
      assertThat(talk.kinds()).containsExactly(MINER);
    }
    try (NoticeTalk talk =
        talk("bitcoin.notice_miner_hosts=none", "bitcoin.notice_pool_hosts=all")
            .connect(3_333)
            .client(call("mining.subscribe"))) {
      assertThat(talk.kinds()).containsExactly(POOL);
    }
  }

  @Test
  void aBodyOfHttpCountsWhereverItsPacketsEnd() {
    String head = "POST / HTTP/1.1\r\nHost: pool\r\nContent-Length: 50\r\n\r\n";
    for (boolean apart : new boolean[] {true, false}) {
      try (NoticeTalk talk = talk().connect(3_333)) {
        String body = call("getblocktemplate");
        if (apart) {
          talk.client(head).client(body);
        } else {
          talk.client(head + body);
        }
        assertThat(talk.kinds()).containsExactly(MINER, POOL);
      }
    }
  }

  @Test
  void aCallThatComesLaterCountsAndOthersDoNot() {
    try (NoticeTalk talk = talk().connect(3_333)) {
      talk.client("{\"id\":1,\"result\":true}\n").server("{}\n").client(call("mining.submit"));
      assertThat(talk.kinds()).containsExactly(MINER, POOL);
      talk.connect(80).client("POST / HTTP/1.1\r\nContent-Length: 40\r\n\r\n" + call("tools/list"));
      talk.connect(9_999).client("hello").client(call("eth_call"));
      assertThat(talk.kinds()).hasSize(2);
    }
  }
}
