import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** A Streams application with a repartition topic and a changelog: says OK once its output has a record and what it read is purged. */
public class StreamsProbe {
    public static void main(String[] a) throws Exception {
        String admin = a[0], bootstrap = a[1], login = a[2], id = a[3], input = a[4], output = a[5], guarantee = a[6], state = a[7];
        long seconds = Long.parseLong(a[8]);
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        p.put("security.protocol", "SASL_PLAINTEXT");
        p.put("sasl.mechanism", "SCRAM-SHA-256");
        p.put("sasl.jaas.config", login);
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
        p.put(StreamsConfig.STATE_DIR_CONFIG, state);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        p.put("repartition.purge.interval.ms", 200);
        p.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.String().getClass());
        p.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.String().getClass());
        p.put("auto.offset.reset", "earliest");
        p.put("default.api.timeout.ms", 5000);
        p.put("request.timeout.ms", 4000);
        p.put("session.timeout.ms", 6000);
        p.put("replication.factor", 1);
        p.put("max.block.ms", 5000);
        p.put("task.timeout.ms", 3000);
        if (a.length > 9) { p.put("group.protocol", a[9]); p.remove("session.timeout.ms"); }
        StreamsBuilder b = new StreamsBuilder();
        b.<String, String>stream(input).map((k, v) -> KeyValue.pair(v, v)).groupByKey().count()
            .toStream().mapValues(String::valueOf).to(output);
        KafkaStreams streams = new KafkaStreams(b.build(), p);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(error -> {
            failure.set(error);
            ended.countDown();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
        long end = System.currentTimeMillis() + seconds * 1000;
        String missing = "output";
        Properties c = new Properties();
        c.put("bootstrap.servers", admin);
        c.put("isolation.level", "read_committed");
        c.put("key.deserializer", ByteArrayDeserializer.class);
        c.put("value.deserializer", ByteArrayDeserializer.class);
        TopicPartition out = new TopicPartition(output, 0);
        try (KafkaConsumer<byte[], byte[]> seen = new KafkaConsumer<>(c); Admin superuser = Admin.create(Map.of("bootstrap.servers", (Object) admin))) {
            seen.assign(List.of(out));
            seen.seekToBeginning(List.of(out));
            while (System.currentTimeMillis() < end && !ended.await(200, TimeUnit.MILLISECONDS)) {
                if (missing.equals("output")) {
                    if (!seen.poll(Duration.ofMillis(100)).isEmpty()) missing = "purge";
                    continue;
                }
                String repartition = superuser.listTopics().names().get().stream().filter(n -> n.startsWith(id) && n.endsWith("-repartition")).findFirst().orElse("");
                if (repartition.isEmpty()) continue;
                TopicPartition r = new TopicPartition(repartition, 0);
                if (superuser.listOffsets(Map.of(r, OffsetSpec.earliest())).all().get().get(r).offset() > 0) { missing = ""; break; }
            }
        }
        Throwable error = failure.get();
        while (error != null && error.getCause() != null) error = error.getCause();
        System.out.println(missing.isEmpty() && error == null ? "OK" : "FAILED " + (error != null ? error.getClass().getSimpleName() + ": " + error.getMessage() : "no " + missing + " within " + seconds + " s"));
        streams.close(Duration.ofSeconds(3));
        System.exit(0);
    }
}
