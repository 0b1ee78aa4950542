/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import static io.podtap.sensor.notice.catalog.Variant.client;
import static io.podtap.sensor.notice.catalog.Variant.harmless;
import static io.podtap.sensor.notice.catalog.Variant.page;
import static io.podtap.sensor.notice.catalog.Variant.request;
import static io.podtap.sensor.notice.catalog.Variant.server;

import java.util.ArrayList;
import java.util.List;

/** What programs of clusters say all day that has words of attacks in it: logs, metrics, pages. */
final class HarmlessVariants {

  private static final String BULK = "Content-Type: application/x-ndjson\r\n";

  private HarmlessVariants() {}

  /** Lines of logs, as a program wrote them and others carry them on. */
  private static final List<String> LINES =
      List.of(
          "type=SYSCALL msg=audit(1700000000.1:42): auid=1000 uid=0 gid=0 euid=0 suid=0 comm=id",
          "pam_unix(sudo:session): session opened for user root(uid=0) by (uid=1000)",
          "container user: uid=1000 gid=1000 fsGroup=2000",
          "bash: no job control in this shell",
          "bash: cannot set terminal process group (1): Inappropriate ioctl for device",
          "/bin/sh: 0: can't access tty; job control turned off",
          "Linux version 6.1.0-18-amd64 (gcc-12, x86_64-linux-gnu) #1 SMP Debian",
          "detected Microsoft Windows [Version 10.0] nodes: 0",
          "blocked ${HOME} and ${env:PATH} in a template",
          "rejected method mining.subscribe of a client",
          "created Secret db of shop; kind: Secret is not shown",
          "user root:x:0:0 has no shell");

  static List<Variant> all() {
    List<Variant> all = new ArrayList<>();
    for (String line : LINES) {
      String json = "{\"log\":\"" + line + "\\n\",\"stream\":\"stderr\"}\n";
      all.add(
          harmless(
              "bulk of logs: " + line, request("POST", "/_bulk", BULK, "{\"index\":{}}\n" + json)));
      all.add(harmless("lines of JSON: " + line, client(5_170, json)));
      all.add(
          harmless(
              "syslog over TCP: " + line,
              client(6_514, "<13>1 2026-01-01T00:00:00Z web app 1 - - " + line + "\n")));
      all.add(
          harmless(
              "answer of a search in logs: " + line,
              page(
                  "/loki/api/v1/query_range?query=x",
                  "application/json",
                  "{\"values\":[[\"1700000000\",\"" + line + "\"]]}")));
    }
    all.add(
        harmless(
            "metrics",
            page(
                "/metrics",
                "text/plain",
                """
                # HELP node_uname_info Labels
                node_uname_info{machine="x86_64",sysname="Linux"} 1
                process_cpu_seconds_total 1
                """)));
    all.add(
        harmless(
            "profile list",
            page(
                "/debug/pprof/",
                "text/html",
                "<html><a href='cmdline'>cmdline</a> <a href='goroutine'>goroutine</a></html>")));
    all.add(
        harmless(
            "shell of a page",
            request(
                "POST",
                "/run",
                "Content-Type: application/json\r\n",
                "{\"cmd\":\"id\",\"dry\":true}")));
    all.add(
        harmless(
            "a pod's environment as a manifest",
            page(
                "/p",
                "application/json",
                "{\"kind\":\"Pod\",\"env\":[{\"name\":\"DB_PASSWORD\",\"valueFrom\":{\"secretKeyRef\":{}}}]}")));
    all.add(
        harmless(
            "names of variables",
            page("/help", "text/plain", "Set PATH= and DB_PASSWORD= before the start.\n")));
    all.add(
        harmless(
            "an example of variables",
            page("/help", "text/plain", "PATH=/bin\nDB_PASSWORD=\nHOSTNAME=web\n")));
    all.add(
        harmless(
            "a public certificate in Base64",
            page(
                "/c",
                "application/json",
                "{\"caBundle\":\"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI\"}")));
    all.add(
        harmless(
            "a form with a search",
            request(
                "POST",
                "/search",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "q=cat+food&c=shoes&run=5")));
    all.add(
        harmless(
            "a form with code to show",
            request(
                "POST",
                "/paste",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "text=how+do+I+use+system(%22ls%22)%3F&lang=php")));
    all.add(
        harmless("a greeting with a prompt", server(7_000, "redis-cli> ", "ping\n", "pong\n> ")));
    all.add(harmless("a listing of an own protocol", client(7_000, "list\n", "total 5\nitems\n")));
    all.add(harmless("a word that is a command elsewhere", client(7_000, "id\n", "17\n")));
    all.add(harmless("a folder that nobody asked for", client(7_000, "open\n", "/var/lib/app\n")));
    all.add(harmless("a statement of PostgreSQL's text", client(7_000, "id | name\n", "1 | a\n")));
    all.add(harmless("Graphite", client(2_003, "web.uid 0 1700000000\nweb.gid 0 1700000000\n")));
    all.add(harmless("a heartbeat", server(7_001, "ping\n", "pong\n", "ping\n", "pong\n")));
    all.add(
        harmless(
            "RPC with a login",
            request(
                "POST",
                "/rpc",
                "Content-Type: application/json\r\n",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"login\",\"params\":{\"user\":\"a\"}}")));
    all.add(
        harmless(
            "RPC of a chain's node",
            request(
                "POST",
                "/",
                "",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBlockByNumber\",\"params\":[]}")));
    all.add(
        harmless(
            "a batch job's state",
            client(7_002, "{\"method\":\"job\",\"id\":5,\"params\":{\"target\":\"a\"}}\n")));
    return all;
  }
}
