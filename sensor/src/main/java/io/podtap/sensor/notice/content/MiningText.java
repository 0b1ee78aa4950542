/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes messages of mining protocols: Stratum of Bitcoin and its relatives, the JSON-RPC of
 * the pools of Monero, Grin, Beam and Ethereum, and of nodes that hand out work.
 */
public final class MiningText {

  /** Methods that nothing else has. */
  private static final Set<String> METHODS =
      Set.of(
          "mining.subscribe",
          "mining.authorize",
          "mining.configure",
          "mining.extranonce.subscribe",
          "mining.notify",
          "mining.set_difficulty",
          "mining.set_target",
          "mining.submit",
          "mining.hello",
          "eth_submitLogin",
          "eth_submitWork",
          "eth_submitHashrate",
          "eth_getWork",
          "getblocktemplate",
          "get_block_template",
          "submitblock",
          "submit_block",
          "getwork",
          "getjobtemplate",
          "keepalived");

  private static final String METHOD = "\"method\"";

  private MiningText() {}

  /** Returns the method of a mining message, or null when the text has none. */
  public static @Nullable String find(String text) {
    for (int at = text.indexOf(METHOD); at >= 0; at = text.indexOf(METHOD, at + 1)) {
      String method = value(text, at + METHOD.length());
      if (METHODS.contains(method) || isByParameters(method, text)) {
        return method;
      }
    }
    boolean job = text.contains("\"job_id\"") && text.contains("\"blob\"");
    return job ? "job" : null;
  }

  /** Methods of the pools of Monero, Grin and Beam have common names: their parameters tell. */
  private static boolean isByParameters(String method, String text) {
    return switch (method) {
      case "login" ->
          (text.contains("\"login\":") || text.contains("\"login\" :"))
              ? has(text, "\"pass\"", "\"agent\"", "\"algo\"", "\"rigid\"")
              : text.contains("\"api_key\"")
                  || (text.contains("\"agent\"") && text.contains("\"algo\""));
      case "solution" -> text.contains("\"nonce\"") && text.contains("\"output\"");
      case "submit" -> text.contains("\"job_id\"") && text.contains("\"nonce\"");
      case "job" -> text.contains("\"blob\"") && text.contains("\"target\"");
      default -> false;
    };
  }

  private static boolean has(String text, String... any) {
    for (String one : any) {
      if (text.contains(one)) {
        return true;
      }
    }
    return false;
  }

  private static String value(String text, int from) {
    int at = from;
    while (at < text.length() && " \t\r\n:".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    int end = at < text.length() && text.charAt(at) == '"' ? text.indexOf('"', at + 1) : -1;
    return end < 0 ? "" : text.substring(at + 1, end);
  }
}
