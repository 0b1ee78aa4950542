/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import static io.podtap.sensor.notice.catalog.Variant.client;
import static io.podtap.sensor.notice.catalog.Variant.harmless;

import java.util.ArrayList;
import java.util.List;

/** Miners by the message with which they begin, over streams and over HTTP. */
final class MinerVariants {

  private static final String MINING = "Cluster::Mining";

  private MinerVariants() {}

  static List<Variant> all() {
    List<Variant> all = new ArrayList<>();
    for (String call :
        List.of(
            "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}",
            "{\"method\": \"mining.authorize\", \"params\": [\"w\", \"x\"], \"id\": 2}",
            "{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"]]}",
            "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"eth_submitLogin\",\"worker\":\"w\","
                + "\"params\":[\"0xab\"]}",
            "{\"id\":1,\"method\":\"mining.hello\",\"params\":{\"agent\":\"ethminer\","
                + "\"proto\":\"EthereumStratum/2.0.0\"}}",
            "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"4A\","
                + "\"pass\":\"x\",\"agent\":\"XMRig/6.21.0 (Linux x86_64)\",\"algo\":[\"rx/0\"]}}",
            "{\"id\": 1, \"method\": \"login\", \"params\": {\"login\": \"4A\", \"pass\": \"x\","
                + " \"agent\": \"xmr-stak/2.10\"}}",
            "{\"method\":\"login\",\"params\":{\"login\":\"4A\",\"pass\":\"\",\"agent\":\"\"},"
                + "\"id\":1}")) {
      all.add(Variant.of(MINING, "stream " + call, client(3_333, call + "\n")));
      all.add(Variant.of(MINING, "at the port of HTTPS " + call, client(443, call + "\n")));
      all.add(Variant.of(MINING, "at the port of HTTP " + call, client(80, call + "\n")));
      all.add(
          Variant.of(
              MINING, "over HTTP " + call, client(8_545, Variant.message("POST", "/", "", call))));
    }
    for (String name :
        List.of(
            "pool.supportxmr.com",
            "xmr-eu1.nanopool.org",
            "stratum.pool.example",
            "gulf.moneroocean.stream",
            "eu.stratum.slushpool.com")) {
      all.add(
          Variant.of(
              MINING, "host " + name, client(80, "GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n")));
    }
    all.add(
        harmless(
            "a login of another program",
            client(
                5_000,
                "{\"method\":\"login\",\"params\":{\"login\":\"a\",\"password\":\"b\"}}\n")));
    all.add(
        harmless(
            "a call of a node",
            client(
                8_545,
                Variant.message(
                    "POST", "/", "", "{\"id\":1,\"method\":\"eth_blockNumber\",\"params\":[]}"))));
    all.add(harmless("a job", client(5_000, "{\"job_id\":7,\"state\":\"done\"}\n")));
    return all;
  }
}
