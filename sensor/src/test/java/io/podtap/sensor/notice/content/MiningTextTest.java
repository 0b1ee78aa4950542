/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of miners and pools, and what other programs write in JSON. */
class MiningTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"cpuminer/2.5\"]}",
        "{\"params\":[\"w.1\",\"x\"],\"id\":2,\"method\":\"mining.authorize\"}",
        "{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"bf\",\"4d16b6f8\"]}",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"4A\",\"pass\":\"x\","
            + "\"agent\":\"XMRig/6.21.0\",\"algo\":[\"rx/0\"]}}",
        "{\"method\": \"login\", \"params\": {\"login\": \"4A\", \"rigid\": \"\"}}",
        "{\"method\":\"login\",\"api_key\":\"w.worker\",\"id\":\"login\",\"jsonrpc\":\"2.0\"}",
        "{\"method\":\"solution\",\"id\":\"4\",\"nonce\":\"fa\",\"output\":\"b3\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":{\"blob\":\"0e0e\",\"target\":\"b88d0600\"}}",
        "{\"id\":2,\"method\":\"submit\",\"params\":{\"job_id\":\"1\",\"nonce\":\"d0\",\"result\":\"\"}}",
        "{\"id\":1,\"result\":{\"job\":{\"blob\":\"07\",\"job_id\":\"q\"}}}",
        "{\"id\":3,\"method\":\"keepalived\",\"params\":{\"id\":\"1be0\"}}",
        "{\"id\":1,\"method\":\"eth_submitLogin\",\"params\":[\"0xab\"]}",
        "{\"id\":1,\"method\":\"eth_getWork\",\"params\":[]}",
        "{\"id\":0,\"method\":\"getblocktemplate\",\"params\":[{\"rules\":[\"segwit\"]}]}",
        "{\"id\":\"Stratum\",\"method\":\"getjobtemplate\",\"params\":null}",
      })
  void aMinerIsRecognized(String text) {
    assertThat(MiningText.find(text)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"method\":\"login\",\"params\":{\"user\":\"a\",\"password\":\"b\"}}",
        "{\"method\":\"login\",\"params\":{\"login\":\"a\",\"password\":\"b\"}}",
        "{\"method\":\"submit\",\"params\":{\"form\":1}}",
        "{\"method\":\"job\",\"params\":{\"name\":\"backup\"}}",
        "{\"method\":\"solution\",\"text\":\"a\"}",
        "{\"method\":\"eth_blockNumber\",\"params\":[]}",
        "{\"method\":\"tools/call\",\"params\":{\"name\":\"mining.subscribe\"}}",
        "{\"job_id\":5}",
      })
  void othersAreNot(String text) {
    assertThat(MiningText.find(text)).isNull();
  }
}
