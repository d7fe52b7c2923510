<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Weave::DeadLetterBox</name>
    <message numerus="yes">
        <source>%n call(s) were given up. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n call was given up. It is kept on disk, with the reason.</numerusform>
            <numerusform>%n calls were given up. They are kept on disk, with the reason.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n call</numerusform>
            <numerusform>%n calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Weave::LivePage</name>
    <message numerus="yes">
        <source>%n more call(s) came too fast to be shown.</source>
        <translation>
            <numerusform>%n more call came too fast to be shown.</numerusform>
            <numerusform>%n more calls came too fast to be shown.</numerusform>
        </translation>
    </message>
</context>
</TS>
