/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.DetectionValues;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.Subscriptions;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Miners and their pools by calls of JSON-RPC, under the names that Zeek's package gives them.
 * Detection {@code mining} finds names of pools as well, and is on by default.
 *
 * @see "the Zeek package jsiwek/zeek-cryptomining"
 */
public final class Cryptomining implements Detection {

  private static final String MINER = "Bitcoin::Miner";
  private static final String POOL = "Bitcoin::Mining_Pool_Server";
  private static final String POSSIBLE = "Bitcoin::Possible_Mining";
  private static final String FALSE_BECAUSE =
      "A node of a block chain that is meant to run; programs that call a method login or submit"
          + " over JSON-RPC.";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named(
              "cryptomining",
              "Finds miners and their pools, under the names of Zeek's package. The detection"
                  + " mining finds names of pools as well.")
          .onlyByName()
          .hosts("bitcoin.notice_miner_hosts", "local", "Miners that are a notice.")
          .hosts("bitcoin.notice_pool_hosts", "local", "Pools that are a notice.")
          .notice(
              MINER,
              "A host calls methods of a mining pool.",
              FALSE_BECAUSE,
              "Stop the workload, keep its image, and look for how the program got in.",
              "conn.log by the uid; notices about the host before.")
          .notice(
              POOL,
              "A host gives miners their work.",
              FALSE_BECAUSE,
              "Find out whether it is one of your own; deny it by an egress policy if not.",
              "conn.log by its address: which hosts mine there.")
          .notice(
              POSSIBLE,
              "A call begins as those of Stratum do, with a method that is not known.",
              FALSE_BECAUSE,
              "Look at the method in sub.",
              "conn.log by the uid.")
          .starts(Cryptomining::new)
          .build();

  private static final Pattern METHOD = Pattern.compile("\"method\"\\s*:\\s*\"([^\"]*)\"");
  private static final Set<String> STRATUM_CLIENT =
      Set.of("mining.authorize", "mining.get_transactions", "mining.subscribe", "mining.submit");
  private static final Set<String> STRATUM_SERVER =
      Set.of("mining.notify", "mining.set_difficulty");
  private static final Set<String> BLOCK_TEMPLATE = Set.of("getblocktemplate", "submitblock");
  private static final Set<String> MINERGATE =
      Set.of("getjob", "job", "submit", "login", "eth_getWork", "eth_submitWork");

  private final Notices notices;
  private final Site site;
  private final DetectionValues.Hosts miners;
  private final DetectionValues.Hosts pools;

  private Cryptomining(DetectionContext context) {
    notices = context.notices();
    site = context.site();
    miners = context.options().hosts("bitcoin.notice_miner_hosts");
    pools = context.options().hosts("bitcoin.notice_pool_hosts");
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("json_rpc", this::onCall);
  }

  private void onCall(LogRecord call) {
    String text = call.textOrEmpty("value");
    boolean fromOriginator = call.isTrue("is_orig");
    Set<String> methods = new LinkedHashSet<>();
    for (Matcher found = METHOD.matcher(text); found.find(); ) {
      methods.add(found.group(1));
    }
    for (String method : methods) {
      if (method.contains("getwork")) {
        report(call, /* isMinerOriginator= */ true, "getwork", text);
      } else if (BLOCK_TEMPLATE.contains(method)) {
        report(call, /* isMinerOriginator= */ true, "getblocktemplate", text);
      } else if (STRATUM_CLIENT.contains(method)) {
        report(call, fromOriginator, "Stratum", text);
      } else if (STRATUM_SERVER.contains(method)) {
        report(call, !fromOriginator, "Stratum", text);
      } else if (method.startsWith("mining.")) {
        notices.emit(
            Notice.of(POSSIBLE, "Possible cryptomining over Stratum")
                .sub(text)
                .connection(call)
                .identifier(call.textOrEmpty("id.orig_h"), call.textOrEmpty("id.resp_h")));
      } else if (MINERGATE.contains(method)) {
        report(call, /* isMinerOriginator= */ true, "MinerGate", text);
      }
    }
  }

  private void report(LogRecord call, boolean isMinerOriginator, String protocol, String text) {
    String miner = call.textOrEmpty(isMinerOriginator ? "id.orig_h" : "id.resp_h");
    String pool = call.textOrEmpty(isMinerOriginator ? "id.resp_h" : "id.orig_h");
    long port = call.number(isMinerOriginator ? "id.resp_p" : "id.orig_p");
    if (site.isIn(miners, miner)) {
      notices.emit(
          Notice.of(MINER, "Cryptominer at " + miner + ", using " + protocol + " protocol")
              .sub(text)
              .connection(call)
              .identifier(miner));
    }
    if (site.isIn(pools, pool)) {
      String address = pool.indexOf(':') < 0 ? pool : '[' + pool + ']';
      notices.emit(
          Notice.of(
                  POOL,
                  "Cryptomining pool server at "
                      + address
                      + ':'
                      + port
                      + "/tcp, using "
                      + protocol
                      + " protocol")
              .sub(text)
              .connection(call)
              .identifier(pool, Long.toString(port)));
    }
  }
}
