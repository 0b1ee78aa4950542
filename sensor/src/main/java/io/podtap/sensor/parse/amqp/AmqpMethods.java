/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.amqp;

/** What methods of AMQP 0-9-1 and performatives of 1.0 are called. */
final class AmqpMethods {

  private AmqpMethods() {}

  /** Returns a method's name, or an empty text for one that only answers. */
  static String method(int type, int method) {
    return switch (type) {
      case 10 -> isAnswer(method) ? "" : "connection." + connection(method);
      case 20 -> isAnswer(method) ? "" : "channel." + channel(method);
      case 40 -> isAnswer(method) ? "" : "exchange." + exchange(method);
      case 50 -> isAnswer(method) ? "" : "queue." + queue(method);
      case 60 -> isAnswer(method) ? "" : "basic." + basic(method);
      case 85 -> isAnswer(method) ? "" : "confirm.select";
      case 90 -> isAnswer(method) ? "" : "tx." + transaction(method);
      default -> "other";
    };
  }

  /** Answers are numbered one above what they answer. */
  private static boolean isAnswer(int method) {
    return method % 10 == 1 && method != 61;
  }

  private static String connection(int method) {
    return switch (method) {
      case 10 -> "start";
      case 20 -> "secure";
      case 30 -> "tune";
      case 40 -> "open";
      case 50 -> "close";
      case 60 -> "blocked";
      case 61 -> "unblocked";
      default -> "other";
    };
  }

  private static String channel(int method) {
    return switch (method) {
      case 10 -> "open";
      case 20 -> "flow";
      case 40 -> "close";
      default -> "other";
    };
  }

  private static String exchange(int method) {
    return switch (method) {
      case 10 -> "declare";
      case 20 -> "delete";
      case 30 -> "bind";
      case 40 -> "unbind";
      default -> "other";
    };
  }

  private static String queue(int method) {
    return switch (method) {
      case 10 -> "declare";
      case 20 -> "bind";
      case 30 -> "purge";
      case 40 -> "delete";
      case 50 -> "unbind";
      default -> "other";
    };
  }

  private static String basic(int method) {
    return switch (method) {
      case 10 -> "qos";
      case 20 -> "consume";
      case 30 -> "cancel";
      case 40 -> "publish";
      case 50 -> "return";
      case 60 -> "deliver";
      case 70 -> "get";
      case 72 -> "get-empty";
      case 80 -> "ack";
      case 90 -> "reject";
      case 100 -> "recover-async";
      case 110 -> "recover";
      case 120 -> "nack";
      default -> "other";
    };
  }

  private static String transaction(int method) {
    return switch (method) {
      case 10 -> "select";
      case 20 -> "commit";
      case 30 -> "rollback";
      default -> "other";
    };
  }

  /** Returns the name of a frame's body in AMQP 1.0. */
  static String performative(int code) {
    return switch (code) {
      case 0x10 -> "open";
      case 0x11 -> "begin";
      case 0x12 -> "attach";
      case 0x13 -> "flow";
      case 0x14 -> "transfer";
      case 0x15 -> "disposition";
      case 0x16 -> "detach";
      case 0x17 -> "end";
      case 0x18 -> "close";
      case 0x40 -> "sasl-mechanisms";
      case 0x41 -> "sasl-init";
      case 0x42 -> "sasl-challenge";
      case 0x43 -> "sasl-response";
      case 0x44 -> "sasl-outcome";
      default -> "other";
    };
  }
}
