/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The usual arrangement: a sensor that writes JSON, a tap in the pod that counts. */
final class TapRun implements AutoCloseable {

  static final String VNI = "42";

  /** Holds all of a test's traffic: a drop on a busy machine would be no fault of the data path. */
  private static final String RING_BYTES = "67108864";

  private final Path folder;
  private final PodNetwork.Host sensorHost;
  private final PodNetwork.Host pod;
  private final Program sensor;
  private final Program tap;

  private TapRun(
      Path folder, PodNetwork.Host sensorHost, PodNetwork.Host pod, List<String> tapArguments) {
    this.folder = folder;
    this.sensorHost = sensorHost;
    this.pod = pod;
    sensor = startSensor(sensorHost, folder, "sensor");
    try {
      tap = startTap(pod, folder, sensorHost.ipv4(), tapArguments.toArray(String[]::new));
    } catch (RuntimeException e) {
      sensor.close();
      throw e;
    }
  }

  /** Starts sensor and tap of a network and waits until both work. */
  static TapRun start(PodNetwork network, Path folder, String... tapArguments) {
    return new TapRun(folder, network.sensor(), network.pod(), List.of(tapArguments));
  }

  /** As {@link #start}, with another sensor. */
  static TapRun startTowards(
      PodNetwork.Host sensor, PodNetwork network, Path folder, String... tapArguments) {
    return new TapRun(folder, sensor, network.pod(), List.of(tapArguments));
  }

  /** Starts a sensor that listens on all its addresses and logs into {@code folder/name}. */
  static Program startSensor(PodNetwork.Host host, Path folder, String name) {
    return Program.start(
            host,
            folder,
            name,
            "sensor",
            "--listen",
            "0.0.0.0:4789,geneve:0.0.0.0:6081",
            "--logs",
            folder.resolve(name).toString(),
            "--metrics",
            "0")
        .awaitReady();
  }

  /**
   * Starts a tap on {@code eth0} unless the arguments name other interfaces, with a roomy ring
   * unless they give its size.
   */
  static Program startTap(
      PodNetwork.Host pod, Path folder, String sensors, String... tapArguments) {
    List<String> arguments = new ArrayList<>(List.of("tap", "--sensor", sensors, "--vni", VNI));
    arguments.addAll(List.of("--count-json", folder.resolve("tap.json").toString()));
    arguments.addAll(List.of(tapArguments));
    if (!arguments.contains("--metrics")) {
      arguments.addAll(List.of("--metrics", "0"));
    }
    if (!arguments.contains("--interface")) {
      arguments.addAll(List.of("--interface", "eth0"));
    }
    if (!arguments.contains("--ring-bytes")) {
      arguments.addAll(List.of("--ring-bytes", RING_BYTES));
    }
    return Program.start(pod, folder, "tap", arguments.toArray(String[]::new)).awaitReady();
  }

  Program tap() {
    return tap;
  }

  Program sensor() {
    return sensor;
  }

  PodNetwork.Host sensorHost() {
    return sensorHost;
  }

  /** Returns the sensor's folder of logs. */
  Path logs() {
    return folder.resolve("sensor");
  }

  /** Ends the tap, then the sensor, and returns the tap's ledger, which must balance. */
  TapLedger finish() {
    assertThat(tap.stop()).as("exit of the tap: %s", tap.errorOutput()).isZero();
    Program.pause(200); // the last report arrives
    assertThat(sensor.stop()).as("exit of the sensor: %s", sensor.errorOutput()).isZero();
    return ledger();
  }

  /** Returns the ledger of the ended tap. */
  TapLedger ledger() {
    return Logs.ledger(folder.resolve("tap.json")).requireBalance();
  }

  /** Returns what the ended sensor says of the tap. */
  Logs.Row tapRecord() {
    return Logs.lastTapRecord(logs(), pod.ipv4());
  }

  @Override
  public void close() {
    tap.close();
    sensor.close();
  }
}
