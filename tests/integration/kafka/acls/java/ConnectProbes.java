import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** The least of connectors: one that writes a record every now and then, and one that reads records. */
public class ConnectProbes {
    public static class Source extends SourceConnector {
        private Map<String, String> settings;
        public void start(Map<String, String> given) { settings = given; }
        public Class<? extends Task> taskClass() { return Writing.class; }
        public List<Map<String, String>> taskConfigs(int most) { return List.of(settings); }
        public void stop() { }
        public ConfigDef config() { return new ConfigDef(); }
        public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> given) { return ExactlyOnceSupport.SUPPORTED; }
        public String version() { return "1"; }
    }
    public static class Writing extends SourceTask {
        private String topic;
        private int count;
        /** Goes on where it was, as sources do; without the right to read its offsets it can't begin. */
        public void start(Map<String, String> given) {
            topic = given.get("topic");
            context.offsetStorageReader().offset(Map.of("of", topic));
        }
        public List<SourceRecord> poll() throws InterruptedException {
            Thread.sleep(200);
            return List.of(new SourceRecord(Map.of("of", topic), Map.of("at", count++), topic, Schema.STRING_SCHEMA, "x"));
        }
        public void stop() { }
        public String version() { return "1"; }
    }
    public static class Sink extends SinkConnector {
        private Map<String, String> settings;
        public void start(Map<String, String> given) { settings = given; }
        public Class<? extends Task> taskClass() { return Reading.class; }
        public List<Map<String, String>> taskConfigs(int most) { return List.of(settings); }
        public void stop() { }
        public ConfigDef config() { return new ConfigDef(); }
        public String version() { return "1"; }
    }
    public static class Reading extends SinkTask {
        public void start(Map<String, String> given) { }
        public void put(Collection<SinkRecord> records) { }
        public void stop() { }
        public String version() { return "1"; }
    }
}
