/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.track.Tracker;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that analyses packets. */
final class AnalysisOptions {

  private static final int TUNNEL_DEPTH_LIMIT = 16;

  @Option(
      names = "--ignore-checksums",
      description =
          "Accept packets with wrong checksums, such as captures made before offload completed"
              + " them.")
  private boolean ignoreChecksums;

  @Option(
      names = "--tunnel-depth",
      defaultValue = "" + AnalysisSettings.TUNNEL_DEPTH_DEFAULT,
      paramLabel = "NUMBER",
      description = "Maximum depth of nested tunnels (default: ${DEFAULT-VALUE}).")
  private int tunnelDepth = AnalysisSettings.TUNNEL_DEPTH_DEFAULT;

  @Option(
      names = "--hash-files",
      paramLabel = "md5,sha1,sha256",
      description = "Hashes of every file for files.log (default: none).")
  private String hashFiles = "";

  @Mixin private final ExtractionOptions extracted = new ExtractionOptions();

  @Option(
      names = "--protocols",
      defaultValue = "all",
      paramLabel = "all|none|NAME,...",
      description =
          "Protocols to parse, by their names in conn.log; others are only recognized (default:"
              + " ${DEFAULT-VALUE}).")
  private String protocols = "all";

  @Option(
      names = "--workers",
      defaultValue = "1",
      paramLabel = "NUMBER|auto",
      description =
          "Threads that analyse, beside the one that reads when there are more than one; auto is"
              + " one for each processor (default: ${DEFAULT-VALUE}).")
  private String workers = "1";

  /**
   * Returns what the options ask for, with a random seed.
   *
   * @throws SettingsException when a number is out of range
   */
  AnalysisSettings settings() {
    return settings(/* reservedBytes= */ 0);
  }

  /**
   * As above.
   *
   * @param reservedBytes of the heap that others need
   */
  AnalysisSettings settings(long reservedBytes) {
    if (tunnelDepth < 0 || tunnelDepth > TUNNEL_DEPTH_LIMIT) {
      throw new SettingsException(
          "tunnel depth " + tunnelDepth + " is out of range 0 to " + TUNNEL_DEPTH_LIMIT);
    }
    int workerCount = workers();
    return new AnalysisSettings(
        new Tracker.Settings(
            HeapPlan.of(workerCount, reservedBytes).flowsMax(),
            !ignoreChecksums,
            new SecureRandom().nextLong()),
        tunnelDepth,
        hashFiles,
        extracted.settings(),
        parsed(),
        workerCount,
        reservedBytes);
  }

  private int workers() {
    if (workers.equals("auto")) {
      return Math.min(Runtime.getRuntime().availableProcessors(), AnalysisSettings.WORKERS_MAX);
    }
    try {
      return AnalysisSettings.checkedWorkers(Integer.parseInt(workers));
    } catch (NumberFormatException e) {
      throw new SettingsException("workers '" + workers + "' is neither a number nor auto", e);
    }
  }

  private Set<Service> parsed() {
    return switch (protocols) {
      case "all" -> Set.copyOf(Protocols.services());
      case "none" -> Set.of();
      default -> {
        Set<Service> services = new HashSet<>();
        for (String name : protocols.split(",", -1)) {
          services.add(service(name.strip()));
        }
        yield services;
      }
    };
  }

  private static Service service(String name) {
    for (Service service : Protocols.services()) {
      if (service.zeekName().equals(name)) {
        return service;
      }
    }
    String known =
        Protocols.services().stream().map(Service::zeekName).collect(Collectors.joining(", "));
    throw new SettingsException("protocol '" + name + "' is not known; available: " + known);
  }
}
