-- Soak only: the memory contexts of this backend, into the table of samples.
INSERT INTO samples SELECT clock_timestamp(), 'memory contexts', sum(total_bytes) FROM pg_backend_memory_contexts;
