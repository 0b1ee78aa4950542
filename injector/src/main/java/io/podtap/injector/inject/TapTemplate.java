/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.FilterCompiler;
import io.podtap.core.packet.LinkType;
import io.podtap.injector.filter.FilterNames;
import io.podtap.tap.ReportLabels;
import io.podtap.tap.command.TapCommand;
import io.podtap.tap.option.TapOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tap that is put into pods, before a pod's own annotations.
 *
 * @param image the container's image
 * @param pullPolicy {@code imagePullPolicy}, or empty for Kubernetes' default
 * @param isSidecar whether it is a native sidecar (Kubernetes 1.29) or an ordinary container
 * @param headStartSeconds how long the containers behind a native sidecar wait once it has begun,
 *     so that it captures their first packets; 0 for not at all. Kubernetes 1.30 and newer can wait
 * @param options what {@code podtap tap} is told, by name without dashes: those of {@link
 *     InjectedOption}
 * @param tlsSecret the Secret in a pod's namespace with {@code tls.crt}, {@code tls.key} and {@code
 *     ca.crt}: packets go over TLS, unless the option {@code transport} says {@code udp}; empty for
 *     a tunnel in clear
 * @param leastSecurity what PodSecurity enforces in namespaces of which it is not known
 * @param imagePullSecrets Secrets in a pod's namespace with which the image is pulled, beside those
 *     that the pod names itself
 */
public record TapTemplate(
    String image,
    String pullPolicy,
    boolean isSidecar,
    int headStartSeconds,
    Map<String, String> options,
    String tlsSecret,
    Resources resources,
    PodSecurity leastSecurity,
    List<String> imagePullSecrets) {

  /** Where the Secret's files are in the tap's container. */
  static final String TLS_FOLDER = "/etc/podtap/tls";

  /** DNS-1123 subdomain, as Secrets are named. */
  private static final Pattern SECRET = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  /** What a tunnel of datagrams is told, and a stream has no use for. */
  private static final Set<String> OF_DATAGRAMS =
      Set.of(InjectedOption.VNI.option(), InjectedOption.ENCAPSULATION.option());

  private static final String TRANSPORT = InjectedOption.TRANSPORT.option();

  /** What a name of an interface may be. See linux/net/core/dev.c, dev_valid_name. */
  private static final Pattern INTERFACE = Pattern.compile("[^/\\s:]{1,15}");

  /** What the reference sidecar and its users call these; all others are PODTAP_ and their name. */
  private static final Map<String, String> BARE_VARIABLES =
      Stream.of(InjectedOption.SENSOR, InjectedOption.INTERFACE, InjectedOption.VNI)
          .collect(Collectors.toMap(InjectedOption::option, InjectedOption::name));

  /** Options that a tap takes, so that not every pod of a Deployment costs the whole check. */
  private static final Set<Map<String, String>> SOUND = ConcurrentHashMap.newKeySet();

  private static final int SOUND_MAX = 1_000;
  private static final int SOUND_LENGTH_MAX = 1_000;

  /** A pod that waits for longer is hurt by its tap. */
  private static final int HEAD_START_SECONDS_MAX = 10;

  private static final int PULL_SECRETS_MAX = 16;

  /** Longer ones cost the compiler seconds, and are no filter that anybody wrote. */
  private static final int FILTER_LENGTH_MAX = 4_096;

  /** A template whose image is pulled as the pod's own images are. */
  public TapTemplate(
      String image,
      String pullPolicy,
      boolean isSidecar,
      int headStartSeconds,
      Map<String, String> options,
      String tlsSecret,
      Resources resources,
      PodSecurity leastSecurity) {
    this(
        image,
        pullPolicy,
        isSidecar,
        headStartSeconds,
        options,
        tlsSecret,
        resources,
        leastSecurity,
        List.of());
  }

  /**
   * @throws SettingsException when a tap would refuse the options
   */
  public TapTemplate {
    imagePullSecrets = List.copyOf(new LinkedHashSet<>(imagePullSecrets));
    requirePullSecrets(imagePullSecrets);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    if (image.isBlank() || image.chars().anyMatch(Character::isWhitespace)) {
      throw new SettingsException("image '" + image + "' is not a valid image");
    }
    if (headStartSeconds < 0 || headStartSeconds > HEAD_START_SECONDS_MAX) {
      throw new SettingsException(
          "startup-delay " + headStartSeconds + " is out of range 0 to " + HEAD_START_SECONDS_MAX);
    }
    if (!tlsSecret.isEmpty() && !SECRET.matcher(tlsSecret).matches()) {
      throw new SettingsException("tls-secret '" + tlsSecret + "' is not a valid name of a Secret");
    }
    if (isOver(options, "tls") && tlsSecret.isEmpty()) {
      throw new SettingsException("transport tls needs a tls-secret");
    }
    InjectedOption.metricsPort(options);
    Map<String, String> told = told(options, tlsSecret);
    if (!SOUND.contains(told)) {
      requireSound(told);
      if (SOUND.size() >= SOUND_MAX) {
        SOUND.clear();
      }
      if (told.values().stream().mapToInt(String::length).sum() <= SOUND_LENGTH_MAX) {
        SOUND.add(told);
      }
    }
  }

  private static void requirePullSecrets(List<String> names) {
    if (names.size() > PULL_SECRETS_MAX) {
      throw new SettingsException("image-pull-secrets: more than " + PULL_SECRETS_MAX);
    }
    for (String name : names) {
      if (!SECRET.matcher(name).matches()) {
        throw new SettingsException(
            "image-pull-secret '" + name + "' is not a valid name of a Secret");
      }
    }
  }

  private static Map<String, String> told(Map<String, String> options, String tlsSecret) {
    Map<String, String> told = new LinkedHashMap<>(options);
    // A container that ends takes its pod out of service.
    told.putIfAbsent(TapOption.ON_FAILURE.option(), "retry");
    told.putIfAbsent(InjectedOption.METRICS.option(), InjectedOption.NO_METRICS);
    if (isEncrypted(options, tlsSecret)) {
      told.keySet().removeAll(OF_DATAGRAMS);
      told.putIfAbsent(TRANSPORT, "tls");
      told.put(TapOption.CERT.option(), TLS_FOLDER + "/tls.crt");
      told.put(TapOption.KEY.option(), TLS_FOLDER + "/tls.key");
      told.put(TapOption.CA.option(), TLS_FOLDER + "/ca.crt");
    }
    return told;
  }

  private static boolean isEncrypted(Map<String, String> options, String tlsSecret) {
    return !tlsSecret.isEmpty() && !isOver(options, "udp");
  }

  private static boolean isOver(Map<String, String> options, String transport) {
    return options.getOrDefault(TRANSPORT, "").equalsIgnoreCase(transport);
  }

  private static void requireSound(Map<String, String> options) {
    TapCommand.check(options);
    for (String name : options.getOrDefault(InjectedOption.INTERFACE.option(), "").split(",", -1)) {
      if (!INTERFACE.matcher(name.strip()).matches()) {
        throw new SettingsException("interface '" + name + "' is not a valid interface name");
      }
    }
    requireFilter(options.getOrDefault(InjectedOption.FILTER.option(), ""));
  }

  /** Names of hosts are left to the tap: to look them up here would keep a pod waiting for DNS. */
  private static void requireFilter(String filter) {
    if (filter.length() > FILTER_LENGTH_MAX) {
      throw new SettingsException(
          "filter is longer than " + FILTER_LENGTH_MAX + " characters: " + filter.length());
    }
    if (filter.indexOf(0) >= 0) {
      throw new SettingsException("filter has a character NUL");
    }
    if (FilterNames.hasGateway(filter)) {
      throw new SettingsException(
          "filter '" + filter + "': gateway is not taken, since it needs names to be looked up");
    }
    if (!FilterCompiler.isAvailable()) {
      return;
    }
    String plain = FilterNames.withoutNames(filter);
    try {
      FilterCompiler.compile(plain, LinkType.ETHERNET);
    } catch (SettingsException e) {
      String said = String.valueOf(e.getMessage());
      throw new SettingsException(said.replace("'" + plain + "'", "'" + filter + "'"), e);
    }
  }

  /**
   * Returns the same with other options, where they are given.
   *
   * @throws SettingsException when a tap would refuse them
   */
  TapTemplate with(Map<String, String> changed, boolean sidecar, Resources changedResources) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.putAll(new TreeMap<>(changed));
    return copy(sidecar, headStartSeconds, all, tlsSecret, changedResources, imagePullSecrets);
  }

  /**
   * Returns the same with another head start.
   *
   * @throws SettingsException when it is out of range
   */
  TapTemplate withHeadStart(int seconds) {
    return copy(isSidecar, seconds, options, tlsSecret, resources, imagePullSecrets);
  }

  /**
   * Returns the same with another Secret, which then says how packets are sent; empty for a tunnel
   * in clear.
   *
   * @throws SettingsException when that is no name
   */
  TapTemplate withTlsSecret(String secret) {
    Map<String, String> others = new LinkedHashMap<>(options);
    others.remove(TRANSPORT);
    return copy(isSidecar, headStartSeconds, others, secret, resources, imagePullSecrets);
  }

  /**
   * Returns the same with other Secrets to pull its image with.
   *
   * @throws SettingsException when a name is invalid
   */
  TapTemplate withImagePullSecrets(List<String> names) {
    return copy(isSidecar, headStartSeconds, options, tlsSecret, resources, names);
  }

  private TapTemplate copy(
      boolean sidecar,
      int seconds,
      Map<String, String> all,
      String secret,
      Resources changedResources,
      List<String> pullSecrets) {
    return new TapTemplate(
        image,
        pullPolicy,
        sidecar,
        seconds,
        all,
        secret,
        changedResources,
        leastSecurity,
        pullSecrets);
  }

  boolean isEncrypted() {
    return isEncrypted(options, tlsSecret);
  }

  /** Returns the environment that tells a tap these options, in a stable order. */
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    told(options, tlsSecret)
        .forEach((name, value) ->
            variables.put(
                BARE_VARIABLES.getOrDefault(
                    name, "PODTAP_" + name.replace('-', '_').toUpperCase(Locale.ROOT)),
                value));
    return variables;
  }

  /** Returns which labels of a pod its tap reports. */
  List<String> reportLabels() {
    return ReportLabels.parse(options.getOrDefault(InjectedOption.REPORT_LABELS.option(), ""))
        .keys();
  }

  /** Returns the image without tag and digest. */
  static String repository(String image) {
    String name = image.replaceFirst("@.*$", "");
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
  }
}
