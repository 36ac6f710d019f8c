import Client
import Platform

@main
struct Program {
    static func main() async { await ProgramRunner.main(program: ClientProgram.name, body: ClientProgram.run) }
}
