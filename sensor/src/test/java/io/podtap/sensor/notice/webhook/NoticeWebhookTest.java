/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.podtap.sensor.notice.Notice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NoticeWebhookTest {

  private final LinkedBlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> bodies = new LinkedBlockingQueue<>();
  private final List<String> news = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          Integer answer = answers.poll();
          exchange.sendResponseHeaders(answer == null ? 202 : answer, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private NoticeWebhook webhook(WebhookSettings.Format format, long queueBytesMax) {
    return NoticeWebhook.start(
        new WebhookSettings(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
            format,
            queueBytesMax,
            /* attemptsMax= */ 3,
            Duration.ofMillis(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30)),
        news::add);
  }

  private static Notice notice() {
    return Notice.of("Scan::Port_Scan", "he said \"scan\"\n")
        .source("10.0.0.9")
        .at(1_700_000_000_000_000_000L);
  }

  @Test
  void deliversAsCloudEventAfterFailures() throws InterruptedException {
    answers.addAll(List.of(503, 429));
    NoticeWebhook webhook = webhook(WebhookSettings.Format.CLOUDEVENTS, 1 << 20);
    webhook.onNotice(notice());
    for (int i = 0; i < 3; i++) {
      assertThat(bodies.poll(30, TimeUnit.SECONDS))
          .contains(
              "\"specversion\":\"1.0\"",
              "\"type\":\"io.podtap.notice.Scan.Port_Scan\"",
              "\"time\":\"2023-11-14T22:13:20Z\"",
              "\"msg\":\"he said \\\"scan\\\"\\n\"");
    }
    webhook.close();
    assertThat(webhook.delivered()).isEqualTo(1);
    assertThat(news).hasSize(1).first().asString().contains("answered 503");
  }

  @Test
  void givesUpWhatIsRefusedAndCountsIt() throws InterruptedException {
    answers.add(400);
    NoticeWebhook webhook = webhook(WebhookSettings.Format.ALERTMANAGER, 1 << 20);
    webhook.onNotice(notice());
    assertThat(bodies.poll(30, TimeUnit.SECONDS))
        .startsWith("[{\"labels\":{\"alertname\":\"Scan::Port_Scan\",\"source\":\"10.0.0.9\"}");
    webhook.close();
    assertThat(webhook.failed()).isEqualTo(1);
    assertThat(webhook.delivered()).isZero();
  }

  @Test
  void dropsAndCountsWhatDoesNotFit() {
    NoticeWebhook webhook = webhook(WebhookSettings.Format.CLOUDEVENTS, 10);
    webhook.onNotice(notice());
    webhook.close();
    assertThat(webhook.dropped()).isEqualTo(1);
    assertThat(news).last().asString().contains("1 dropped");
  }
}
