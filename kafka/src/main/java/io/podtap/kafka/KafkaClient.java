/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka;

import io.podtap.sensor.broker.BrokerClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages through a producer, which retries and keeps the order of each partition.
 *
 * <p>A topic that the brokers do not have would hold up all others: after some tries its messages
 * fail, and it is asked for again now and then.
 */
final class KafkaClient implements BrokerClient {

  /** A topic that is made when it is asked for is there within this time. */
  private static final long ABSENCE_NS = TimeUnit.SECONDS.toNanos(10);

  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(60);

  private final Producer<byte[], byte[]> producer;

  /** Topics that the brokers said are not there. */
  private final Map<String, Absence> absences = new HashMap<>();

  private static final class Absence {

    private final long sinceNs = System.nanoTime();
    private long askAgainNs = sinceNs;
  }

  /**
   * @param producer closed by this
   */
  KafkaClient(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  @Override
  public @Nullable String send(String topic, byte @Nullable [] key, byte[] value, Receipt receipt)
      throws InterruptedException {
    Absence absence = absences.get(topic);
    if (absence != null && System.nanoTime() - absence.askAgainNs < 0) {
      return fail(topic, receipt);
    }
    Attempt attempt = new Attempt(receipt);
    try {
      Future<?> _ = producer.send(new ProducerRecord<>(topic, key, value), attempt);
    } catch (InterruptException e) {
      Thread.interrupted(); // told by the exception
      throw (InterruptedException) new InterruptedException().initCause(e);
    }
    TimeoutException refusal = attempt.refusal;
    if (refusal == null) {
      if (absence != null) {
        absences.remove(topic);
      }
      return null;
    }
    boolean brokersAnswered = refusal.getCause() != null;
    return brokersAnswered && isGivenUp(topic) ? fail(topic, receipt) : FailureReason.of(refusal);
  }

  private boolean isGivenUp(String topic) {
    Absence absence = absences.computeIfAbsent(topic, _ -> new Absence());
    long nowNs = System.nanoTime();
    if (nowNs - absence.sinceNs < ABSENCE_NS) {
      return false;
    }
    absence.askAgainNs = nowNs + RETRY_NS;
    return true;
  }

  private static @Nullable String fail(String topic, Receipt receipt) {
    receipt.failed("topic " + topic + " does not exist");
    return null;
  }

  @Override
  public void close(Duration patience) {
    producer.close(patience);
  }

  /**
   * One try to hand over a message. What fails while the producer is still being asked was not
   * accepted; what fails later, on the producer's thread, is lost.
   */
  private static final class Attempt implements Callback {

    private final Receipt receipt;
    private final Thread caller = Thread.currentThread();
    private @Nullable TimeoutException refusal;

    Attempt(Receipt receipt) {
      this.receipt = receipt;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata place, @Nullable Exception failure) {
      if (failure == null) {
        receipt.delivered();
      } else if (failure instanceof TimeoutException timeout && Thread.currentThread() == caller) {
        refusal = timeout;
      } else {
        receipt.failed(FailureReason.of(failure));
      }
    }
  }
}
