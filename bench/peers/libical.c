/* libical: parse the whole file, expand every event inside the window, print how many instances there are.
   usage: libical FILE START END   (START and END in seconds since 1970) */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static long instances;

static void count(icalcomponent *event, struct icaltime_span *span, void *data)
{
    time_t *window = data;
    (void)event;
    if (span->start < window[1] && (span->end > window[0] || span->start >= window[0])) {
        instances++;
    }
}

static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        exit(2);
    }
    long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (!text || fread(text, 1, size, file) != (size_t)size) {
        exit(2);
    }
    text[size] = 0;
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        return 2;
    }
    time_t window[2] = {atoll(argv[2]), atoll(argv[3])};
    struct icaltimetype start = icaltime_from_timet_with_zone(window[0], 0, icaltimezone_get_utc_timezone());
    struct icaltimetype end = icaltime_from_timet_with_zone(window[1], 0, icaltimezone_get_utc_timezone());
    char *text = contents(argv[1]);
    icalcomponent *calendar = icalparser_parse_string(text);
    free(text);
    if (!calendar) {
        return 2;
    }
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    for (; event; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        icalcomponent_foreach_recurrence(event, start, end, count, window);
    }
    printf("%ld\n", instances);
    icalcomponent_free(calendar);
    return 0;
}
