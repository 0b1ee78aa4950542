/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An attack in the demo's network: a request with a JNDI lookup takes over the pod, which then
 * scans, finds a Redis and mines. The notices are printed as they come, the ledger below.
 */
final class DemoAttack {

  /** A scan's attempts count when nothing has answered for five seconds. */
  private static final int NOTICES_WAIT_MS = 9_000;

  private static final Map<String, String> ROLES =
      Map.of(
          "10.70.0.2",
          "pod web",
          DemoIntrusion.ATTACKER,
          "attacker",
          DemoIntrusion.REDIS,
          "redis",
          "10.70.0.1",
          "client");

  private final PrintWriter out;

  DemoAttack(PrintWriter out) {
    this.out = out;
  }

  /** Runs it; returns whether the ledger adds up and notices came. */
  boolean run(Path folder, Undo undo) throws IOException {
    DemoNetwork network = undo.add(new DemoNetwork());
    network.make();
    network.addForAttack(
        DemoIntrusion.ATTACKER,
        DemoIntrusion.REDIS,
        DemoIntrusion.NEIGHBOURS_FIRST,
        DemoIntrusion.NEIGHBOURS);
    Children children = undo.add(new Children(folder));
    Path logs = folder.resolve("logs");
    Path countFile = folder.resolve("tap.json");
    String sensorAddress = network.sensor().ipv4();
    Process sensor =
        children.start(
            "sensor",
            network.sensor().namespace(),
            List.of(
                "sensor",
                "--listen",
                sensorAddress + ":4789",
                "--logs",
                logs.toString(),
                "--format",
                "tsv",
                "--metrics",
                "0",
                "--notices"));
    Demo.awaitOutput(children.output("sensor"), sensor, "sensor");
    Process tap =
        children.start(
            "tap",
            network.pod().namespace(),
            List.of(
                "tap",
                "--interface",
                "eth0",
                "--sensor",
                sensorAddress,
                "--vni",
                "42",
                "--metrics",
                "0",
                "--count-json",
                countFile.toString()));
    Demo.awaitOutput(children.output("tap"), tap, "tap");
    Process outside = role(children, "outside", network.client().namespace());
    Process pod = role(children, "pod", network.pod().namespace());
    out.printf(
        "A client asks the web application in a pod for a page, with a JNDI lookup in a header."
            + " The%napplication's logger resolves it; what it loads scans, finds a Redis, and"
            + " mines. The notices:%n%n");
    Demo.run(
        children,
        "attacker",
        network.client().namespace(),
        List.of("demo-intrusion", "--role", "attacker", "--pod", network.pod().ipv4()));
    int notices = follow(new LogFollower(logs.resolve("notice.log")));
    children.stop(pod, 2);
    children.stop(outside, 2);
    children.stop(tap, 3);
    children.stop(sensor, 5);
    int records = new LogFollower(logs.resolve("conn.log")).readNew().size();
    return new DemoLedger(out).print(logs.resolve("tap.log"), countFile, records) && notices > 0;
  }

  private static Process role(Children children, String role, String namespace) throws IOException {
    Process process = children.start(role, namespace, List.of("demo-intrusion", "--role", role));
    Demo.awaitOutput(children.output(role), process, role);
    return process;
  }

  private int follow(LogFollower log) throws IOException {
    int notices = 0;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NOTICES_WAIT_MS);
    while (System.nanoTime() < end) {
      for (Map<String, String> notice : log.readNew()) {
        notices++;
        out.printf(
            "  %-26s %s -> %s%n    %s%n",
            notice.get("note"),
            name(notice.get("src")),
            name(notice.get("dst")),
            notice.get("msg"));
      }
      Demo.pause();
    }
    return notices;
  }

  private static String name(@org.jspecify.annotations.Nullable String address) {
    String shown = address == null ? "-" : address;
    String role = ROLES.get(shown);
    return role == null ? shown : role + " (" + shown + ")";
  }
}
