/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Authority.Request;
import io.podtap.core.trust.authority.Authority.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How packets get from the demo's tap to its sensor, as options of both programs.
 *
 * @param sensor options of the sensor
 * @param tap options of the tap
 * @param description of the way, for the reader
 */
record DemoTunnel(List<String> sensor, List<String> tap, String description) {

  private static final int VNI = 42;
  private static final int DAYS = 1;

  /** The demo sends faster than a program encrypts that has only just started. */
  private static final String QUEUE_BYTES = "134217728";

  DemoTunnel {
    sensor = List.copyOf(sensor);
    tap = List.copyOf(tap);
  }

  /** Plain VXLAN. */
  static DemoTunnel vxlan(DemoNetwork.Host sensor) {
    return new DemoTunnel(
        List.of("--listen", sensor.ipv4() + ":4789"),
        List.of("--sensor", sensor.ipv4(), "--vni", Integer.toString(VNI)),
        "by VXLAN, VNI " + VNI);
  }

  /** TLS, with certificates for this demo alone. */
  static DemoTunnel tls(DemoNetwork.Host sensor, Path folder) throws IOException {
    Authority authority = Authority.make("podtap-demo", DAYS);
    List<String> ofSensor = new ArrayList<>(List.of("--listen-tls", sensor.ipv4()));
    ofSensor.addAll(
        certificate(
            authority,
            folder.resolve("sensor-certificate"),
            new Request("sensor", List.of("ip:" + sensor.ipv4()), Usage.SERVER, DAYS)));
    List<String> ofTap =
        new ArrayList<>(
            List.of(
                "--transport",
                "tls",
                "--sensor",
                sensor.ipv4(),
                "--sensor-name",
                sensor.ipv4(),
                "--queue-bytes",
                QUEUE_BYTES));
    ofTap.addAll(
        certificate(
            authority,
            folder.resolve("tap-certificate"),
            new Request("tap", List.of("uri:spiffe://demo/ns/demo/sa/tap"), Usage.CLIENT, DAYS)));
    return new DemoTunnel(
        ofSensor, ofTap, "as pcapng over TLS 1.3 with certificates on both sides");
  }

  private static List<String> certificate(Authority authority, Path folder, Request request)
      throws IOException {
    Authority.Issued issued = authority.issue(request);
    Files.createDirectories(folder);
    Path certificate = write(folder.resolve("tls.crt"), issued.chain());
    Path key = write(folder.resolve("tls.key"), issued.key());
    Path authorities = write(folder.resolve("ca.crt"), authority.certificate());
    return List.of(
        "--cert", certificate.toString(), "--key", key.toString(), "--ca", authorities.toString());
  }

  private static Path write(Path file, String text) throws IOException {
    return Files.writeString(file, text, StandardCharsets.US_ASCII);
  }
}
