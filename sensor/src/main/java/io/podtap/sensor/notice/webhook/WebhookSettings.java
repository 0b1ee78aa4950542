/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.webhook;

import io.podtap.core.config.SettingsException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * Where notices go, and for how long it is tried.
 *
 * @param address http or https
 * @param format of the body
 * @param queueBytesMax bodies that wait; what does not fit is dropped and counted
 * @param attemptsMax deliveries of one notice before it is given up
 * @param firstPause before the second attempt; it doubles up to a minute
 * @param timeout of one attempt
 * @param closeTimeout for what waits at the end
 */
public record WebhookSettings(
    URI address,
    Format format,
    long queueBytesMax,
    int attemptsMax,
    Duration firstPause,
    Duration timeout,
    Duration closeTimeout) {

  /** Formats of the body. */
  public enum Format {
    /** One event in CloudEvents' structured JSON form. */
    CLOUDEVENTS,
    /** A list of one alert, as Alertmanager's API version 2 takes them. */
    ALERTMANAGER
  }

  private static final long QUEUE_BYTES_MAX = 1 << 20;
  private static final int ATTEMPTS_MAX = 8;

  /**
   * Returns settings with the standard bounds.
   *
   * @throws SettingsException when the address or the format is invalid
   */
  public static WebhookSettings of(String address, String format) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw new SettingsException("invalid webhook '" + address + "'", e);
    }
    String scheme = uri.getScheme();
    boolean isHttp = "http".equals(scheme) || "https".equals(scheme);
    if (uri.getHost() == null || !isHttp) {
      throw new SettingsException("invalid webhook '" + address + "': http or https expected");
    }
    return new WebhookSettings(
        uri,
        switch (format) {
          case "cloudevents" -> Format.CLOUDEVENTS;
          case "alertmanager" -> Format.ALERTMANAGER;
          default ->
              throw new SettingsException(
                  "invalid webhook format '" + format + "': cloudevents or alertmanager expected");
        },
        QUEUE_BYTES_MAX,
        ATTEMPTS_MAX,
        Duration.ofMillis(500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5));
  }
}
